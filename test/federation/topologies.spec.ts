import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, dayOf } from '../../src/clock/day.js';
import { signAbove } from '../../src/protocol/above.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { Refusal } from '../../src/protocol/refusal.js';
import { addressOf, MemoryNetwork, type NodeOptions, TestNode } from './core-network.js';

let clock: ManualClock;
let network: MemoryNetwork;
beforeEach(() => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork('topologies');
});

interface Topology {
  /** Those that count a site. */
  origins: TestNode[];
  hubs: TestNode[];
  /** Whose ledger should hold everything, by the names of those that report. */
  complete: TestNode[];
  /** Longest way of a report, in exchanges. */
  diameter: number;
}

const start = (options: NodeOptions) => TestNode.start(network, clock, options);
const hubOptions = (name: string, hubs: string[] = []): NodeOptions => ({
  ...{ name, role: 'hub', counting: false, hubs: hubs.map(addressOf) },
});
const memberOptions = (name: string, hubs: string[]): NodeOptions => ({
  ...{ name, role: 'member', hubs: hubs.map(addressOf) },
});

/** The first origin founds, the others get its line, the blind hubs the public one. */
async function federate(origins: readonly TestNode[], hubs: readonly TestNode[] = []): Promise<void> {
  await origins[0]!.keys.found('Topology', false);
  for (const node of origins.slice(1)) await node.join(origins[0]!.keys.line(true));
  for (const hub of hubs) await hub.join(origins[0]!.keys.line(false));
}

async function rounds(nodes: readonly TestNode[], count = 1): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(120_000);
    for (const node of nodes) await node.round();
  }
}

const approve = (at: TestNode, node: TestNode) => at.federation.approve(node.nodeId, { trusted: true });

async function peers(
  names: readonly string[],
  neighboursOf: (index: number) => string[],
): Promise<TestNode[]> {
  const nodes: TestNode[] = [];
  for (const [index, name] of names.entries())
    nodes.push(await start({ name, role: 'peer', peers: neighboursOf(index).map(addressOf) }));
  await federate(nodes);
  for (const node of nodes) {
    for (const other of nodes.filter((one) => one !== node)) {
      await node.federation.meet(addressOf(other.options.name));
      await approve(node, other);
    }
  }
  return nodes;
}

const NAMES = ['ash', 'beech', 'cherry', 'date'];

const topologies: Record<string, () => Promise<Topology>> = {
  mesh: async () => {
    const origins = await peers(NAMES, (own) => NAMES.filter((_, index) => index !== own));
    return { origins, hubs: [], complete: origins, diameter: 1 };
  },
  ring: async () => {
    const origins = await peers(NAMES, (own) => [NAMES[(own + 1) % NAMES.length]!]);
    return { origins, hubs: [], complete: origins, diameter: 2 };
  },
  'one hub': async () => hubsAndMembers(['hub']),
  'two hubs': async () => hubsAndMembers(['north', 'south']),
  'tree of hubs': tree,
};

async function hubsAndMembers(names: string[]): Promise<Topology> {
  const hubs: TestNode[] = [];
  for (const name of names) hubs.push(await start(hubOptions(name)));
  const origins: TestNode[] = [];
  for (const name of NAMES) origins.push(await start(memberOptions(name, names)));
  await federate(origins, hubs);
  await rounds(origins);
  for (const hub of hubs) for (const origin of origins) await approve(hub, origin);
  return { origins, hubs, complete: hubs, diameter: 1 };
}

/** Two branches with two members each, below a hub at the top. */
async function tree(): Promise<Topology> {
  const top = await start(hubOptions('top'));
  const branches = [await start(hubOptions('left', ['top'])), await start(hubOptions('right', ['top']))];
  const origins: TestNode[] = [];
  for (const [index, name] of NAMES.entries())
    origins.push(await start(memberOptions(name, [index < 2 ? 'left' : 'right'])));
  await federate(origins, [top, ...branches]);
  await rounds([...origins, ...branches]);
  for (const branch of branches) await top.federation.appointSubHub(branch.nodeId, { trusted: true });
  for (const [index, origin] of origins.entries()) await approve(branches[index < 2 ? 0 : 1]!, origin);
  return { origins, hubs: [...branches, top], complete: [top], diameter: 2 };
}

const everyone = ({ origins, hubs }: Topology) => [...origins, ...hubs];

async function holdings(node: TestNode): Promise<string[]> {
  const today = dayOf(clock.nowMs());
  const slots = await node.records.ledger.slots(addDays(today, -62), today);
  return slots.map(({ accepted: { day, origin, reportId } }) => `${day} ${origin} ${reportId}`).sort();
}

/** All that the origins report of themselves. */
async function reported({ origins }: Topology): Promise<string[]> {
  const own = origins.map(async (node) =>
    (await holdings(node)).filter((line) => line.includes(node.nodeId)),
  );
  return (await Promise.all(own)).flat().sort();
}

function cutOff(node: TestNode): void {
  const { url } = addressOf(node.options.name);
  network.weather = (from, to) => (from === url || to === url ? 'is lost' : 'arrives');
}

function heal(): void {
  network.weather = () => 'arrives';
}

/** A week in which each origin sees people of its own and one of all, and only some exchange. */
async function week({ origins }: Topology, exchanging: readonly TestNode[]): Promise<void> {
  for (let day = 0; day < 7; day++) {
    clock.advance(DAY_MS);
    for (const [index, origin] of origins.entries()) await origin.visit(`10.${index}.${day}.1`, '10.99.0.1');
    await rounds(exchanging);
  }
}

describe.each(Object.entries(topologies))('%s', (_, build) => {
  it('counts a person of all instances once, the same at all that publish for all', async () => {
    const topology = await build();
    for (const [index, origin] of topology.origins.entries())
      await origin.visit(`10.0.0.${index}`, '10.99.0.1');
    await rounds(everyone(topology), topology.diameter + 2);
    const inputs = topology.complete.map((node) => node.total().inputs);
    expect(new Set(inputs).size).toBe(1);
    for (const node of topology.complete) {
      expect(node.estimate('1d')).toBe(NAMES.length + 1);
      expect(node.total().windows['1d'].sum).toBe(2 * NAMES.length);
      expect(await holdings(node)).toEqual(await reported(topology));
    }
  });

  it('lets an origin that was cut off for a week catch up in one round per neighbour', async () => {
    const topology = await build();
    const sleeper = topology.origins[1]!;
    await rounds(everyone(topology), 3);
    cutOff(sleeper);
    await week(topology, everyone(topology));
    heal();
    await sleeper.round();
    const neighbours = topology.complete.filter((node) =>
      sleeper.federation.exchanges.some(({ address }) => address.url === addressOf(node.options.name).url),
    );
    const lines = (await reported(topology)).filter((line) => line.includes(sleeper.nodeId));
    expect(lines.length).toBeGreaterThanOrEqual(7);
    for (const neighbour of neighbours)
      expect(await holdings(neighbour)).toEqual(expect.arrayContaining(lines));
    if (sleeper.options.role === 'peer')
      expect(await holdings(sleeper)).toEqual(
        expect.arrayContaining(await holdings(neighbours.find((node) => node !== sleeper)!)),
      );
    await rounds(everyone(topology), topology.diameter);
    for (const node of topology.complete) expect(await holdings(node)).toEqual(await reported(topology));
  });
});

describe('members with two hubs', () => {
  it('show the total of the first that answers, say which it is, and give the other everything once it is back', async () => {
    const topology = await hubsAndMembers(['north', 'south']);
    const [north, south] = topology.hubs as [TestNode, TestNode];
    const member = topology.origins[0]!;
    const publisher = () => member.total().publisher;
    await member.visit('10.0.0.1');
    await rounds(everyone(topology), 2);
    await rounds(topology.origins);
    expect(publisher()).toBe(north.nodeId);

    network.nodes.delete(addressOf('north').url);
    await topology.origins[1]!.visit('10.0.0.2');
    await rounds([...topology.origins, south], 2);
    await rounds(topology.origins);
    expect(publisher()).toBe(south.nodeId);
    expect(member.estimate('1d')).toBe(2);

    network.nodes.set(addressOf('north').url, north);
    await rounds([...topology.origins, north], 2);
    await rounds(topology.origins);
    expect(publisher()).toBe(north.nodeId);
    expect(member.estimate('1d')).toBe(2);
    expect(await holdings(north)).toEqual(await holdings(south));
  });

  it('fetch one total a round, not one from each hub', async () => {
    const topology = await hubsAndMembers(['north', 'south']);
    await rounds(everyone(topology), 2);
    const before = network.requests.length;
    await topology.origins[0]!.round();
    const fetched = network.requests.slice(before).filter(({ url }) => url.endsWith('/total'));
    expect(fetched.map(({ url }) => new URL(url).host)).toEqual(['north.test']);
  });
});

describe('a hub below another one', () => {
  it('that was away for a week brings its members’ week up in one round', async () => {
    const topology = await tree();
    const [left, right, top] = topology.hubs as [TestNode, TestNode, TestNode];
    await rounds(everyone(topology), 3);
    cutOff(left);
    await week(topology, [...topology.origins, right, top]);
    heal();
    for (const origin of topology.origins.slice(0, 2)) await origin.round();
    await left.round();
    expect(await holdings(top)).toEqual(await reported(topology));
    await top.round();
    expect(top.estimate('7d')).toBe(7 * NAMES.length + 1);
  });

  it('shows the total of the whole tree, and passes it on to its members as the top signed it', async () => {
    const topology = await tree();
    const [left, right, top] = topology.hubs as [TestNode, TestNode, TestNode];
    const [ash, , , date] = topology.origins as [TestNode, TestNode, TestNode, TestNode];
    const shown = (node: TestNode) => node.federation.shownTotal()?.signed.total;
    const publishers = (...nodes: TestNode[]) => nodes.map((node) => shown(node)?.publisher);
    for (const [index, origin] of topology.origins.entries())
      await origin.visit(`10.0.0.${index}`, '10.1.1.1');
    await rounds(everyone(topology), 5);
    const below = [...topology.origins, left, right];
    expect(publishers(...below)).toEqual(below.map(() => top.nodeId));
    for (const node of below) expect(shown(node)?.windows['1d'].uniques.estimate).toBe(5);
    expect(shown(ash)?.instances).toHaveLength(4);
    expect(left.estimate('1d')).toBe(3);
    const asked = network.requests.length;
    await rounds([ash]);
    const calls = network.requests.slice(asked).map(({ url }) => url.replace(/^.*v1/, ''));
    expect(calls.slice(-2)).toEqual(['/total', '/total/above']);

    await left.restart(network);
    expect(publishers(left)).toEqual([top.nodeId]);
    await top.federation.suspend(left.nodeId);
    await rounds(everyone(topology), 3);
    expect(publishers(ash, left, date)).toEqual([left.nodeId, left.nodeId, top.nodeId]);
    expect(shown(ash)?.windows['1d'].uniques.estimate).toBe(3);
  });

  it('below one that is below another passes on the total of the top', async () => {
    const top = await start(hubOptions('top'));
    const middle = await start(hubOptions('middle', ['top']));
    const low = await start(hubOptions('low', ['middle']));
    const [ash, beech] = [
      await start(memberOptions('ash', ['low'])),
      await start(memberOptions('beech', ['top'])),
    ];
    await federate([ash, beech], [top, middle, low]);
    const all = [ash, beech, low, middle, top];
    await rounds(all);
    await approve(low, ash);
    await approve(top, beech);
    await middle.federation.appointSubHub(low.nodeId, { trusted: true });
    await top.federation.appointSubHub(middle.nodeId, { trusted: true });
    for (const [index, node] of [ash, beech].entries()) await node.visit(`10.0.0.${index}`);
    await rounds(all, 6);
    const total = ash.federation.shownTotal()?.signed.total;
    expect(total).toMatchObject({ publisher: top.nodeId, windows: { '1d': { uniques: { estimate: 2 } } } });
  });

  it('is not believed where it passes on what another one vouches for, or what nobody signed', async () => {
    const topology = await tree();
    const [left, right, top] = topology.hubs as [TestNode, TestNode, TestNode];
    const [ash] = topology.origins as [TestNode];
    await rounds(everyone(topology), 3);
    const seen = ash.federation.shownTotal()?.signed.envelope;
    const deliver = network.deliver.bind(network);
    const said = async (change: (answer: { above: string; total: string }) => object) => {
      network.deliver = async (request) => {
        const answer = await deliver(request);
        if (!request.url.endsWith('/above') || answer.status !== 200) return answer;
        const body = JSON.parse(Buffer.from(answer.body).toString()) as { above: string; total: string };
        return { ...answer, body: Buffer.from(JSON.stringify(change(body))) };
      };
      await topology.origins[3]!.visit('10.9.9.9');
      await rounds([topology.origins[3]!, right, top, left]);
      await ash.round();
      network.deliver = deliver;
      return ash.federation.exchanges[0]!.lastError;
    };
    const card = ash.federation.ownCard();
    const forged = signEnvelope('total', top.federation.board.latest()!.total, right.key);
    expect(await said((answer) => ({ ...answer, above: signAbove(card, right.key) }))).toBe(
      new Refusal('not-its-own-key').message,
    );
    expect(
      await said((answer) => ({ ...answer, above: signEnvelope('total', { v: 1, card }, left.key) })),
    ).toBe(new Refusal('other-kind').message);
    expect(await said((answer) => ({ ...answer, above: signEnvelope('above', { v: 1 }, left.key) }))).toBe(
      new Refusal('bad-schema').message,
    );
    expect(await said((answer) => ({ ...answer, total: forged }))).toBe(
      new Refusal('not-its-own-key').message,
    );
    expect(await said((answer) => ({ ...answer, above: signAbove(card, left.key) }))).toBeNull();
    expect(ash.federation.shownTotal()?.signed.envelope).toBe(seen);
    await rounds(everyone(topology), 2);
    expect(ash.federation.shownTotal()?.signed.envelope).not.toBe(seen);
  });

  it('brings nobody before a person has appointed it, and says what is lacking', async () => {
    const top = await start(hubOptions('top'));
    const below = await start(hubOptions('below', ['top']));
    const member = await start(memberOptions('ash', ['below']));
    await federate([member], [top, below]);
    await member.visit('10.0.0.1');
    await rounds([member, below]);
    await approve(below, member);
    await approve(top, below);
    await rounds([member, below, top], 2);
    expect(await holdings(top)).toEqual([]);
    expect(top.federation.membership.peer(member.nodeId)).toBeNull();
    expect(below.federation.exchanges[0]!.lastError).toMatch(/peers sub-hub/);
    await top.federation.appointSubHub(below.nodeId, { trusted: true });
    await rounds([below, top], 2);
    expect(top.estimate('1d')).toBe(1);
    expect(below.federation.exchanges[0]!.lastError).toBeNull();
  });

  it('on probation brings its members on probation, and those on probation there stay on it', async () => {
    const topology = await tree();
    const [left, , top] = topology.hubs as [TestNode, TestNode, TestNode];
    const newcomer = await start(memberOptions('elm', ['left']));
    await newcomer.join(topology.origins[0]!.keys.line(true));
    await rounds([newcomer]);
    await left.federation.approve(newcomer.nodeId, { trusted: false });
    await rounds([newcomer, left]);
    expect(top.federation.membership.statusOf(newcomer.nodeId)).toBe('probation');
    const below = await start(hubOptions('new', ['top']));
    const its = await start(memberOptions('fir', ['new']));
    await its.join(topology.origins[0]!.keys.line(true));
    await below.join(topology.origins[0]!.keys.line(false));
    await rounds([its, below]);
    await approve(below, its);
    await top.federation.appointSubHub(below.nodeId, { trusted: false });
    await rounds([below]);
    expect(top.federation.membership.statusOf(its.nodeId)).toBe('probation');
  });

  it('takes its members out above when it removes them, or when it is removed itself; what a person there decided stays', async () => {
    const topology = await tree();
    const [left, , top] = topology.hubs as [TestNode, TestNode, TestNode];
    const [ash, beech] = topology.origins as [TestNode, TestNode];
    const standing = () => [ash, beech].map(({ nodeId }) => top.federation.membership.statusOf(nodeId));
    await rounds(everyone(topology), 2);
    expect(standing()).toEqual(['active', 'active']);
    await left.federation.remove(ash.nodeId);
    await rounds([left]);
    expect(standing()).toEqual(['removed', 'active']);
    await approve(left, ash);
    await rounds([left]);
    expect(standing()).toEqual(['active', 'active']);
    await top.federation.suspend(left.nodeId);
    expect(standing()).toEqual(['removed', 'removed']);
    await top.federation.appointSubHub(left.nodeId, { trusted: true });
    await top.federation.suspend(beech.nodeId);
    await rounds([left]);
    expect(standing()).toEqual(['active', 'suspended']);
  });

  it('takes no report of an origin that is not on its own roster, though the hub above has it', async () => {
    const topology = await tree();
    const [left, , top] = topology.hubs as [TestNode, TestNode, TestNode];
    for (const [index, origin] of topology.origins.entries()) await origin.visit(`10.0.0.${index}`);
    await rounds(everyone(topology), 4);
    const origins = async (node: TestNode) =>
      new Set((await holdings(node)).map((line) => line.split(' ')[1]));
    expect((await origins(top)).size).toBe(4);
    expect(await origins(left)).toEqual(new Set(topology.origins.slice(0, 2).map(({ nodeId }) => nodeId)));
  });

  it('offers a member that the hub above suspended no more until that takes it again, and then at once', async () => {
    const topology = await tree();
    const [left, , top] = topology.hubs as [TestNode, TestNode, TestNode];
    const [ash] = topology.origins as [TestNode];
    const offered = async () => {
      const before = network.requests.length;
      await rounds([left]);
      const pushes = network.requests.slice(before).filter(({ url }) => url.endsWith('/reports'));
      return pushes.flatMap(({ body }) => JSON.parse(Buffer.from(body!).toString()).reports).length;
    };
    await rounds(everyone(topology), 3);
    await top.federation.suspend(ash.nodeId);
    for (let day = 0; day < 3; day++) {
      clock.advance(DAY_MS);
      await ash.visit(`10.0.0.${day}`);
      await rounds([ash]);
    }
    // Three new days, and the one before them, which is closed now.
    expect(await offered()).toBe(4);
    expect(await offered()).toBe(0);
    const stranger = await start(memberOptions('elm', ['top']));
    await rounds([stranger]);
    expect(await offered()).toBe(0);
    await approve(top, stranger);
    expect(await offered()).toBe(1);
    expect(await offered()).toBe(0);
    await approve(top, ash);
    expect(await offered()).toBe(1);
    expect(await offered()).toBe(3);
    expect(await offered()).toBe(0);
    expect(await holdings(top)).toEqual(await reported(topology));
  });

  it('is heard again in the next round where its member was suspended after the ledgers were compared, and let in at once', async () => {
    const topology = await tree();
    const [left, , top] = topology.hubs as [TestNode, TestNode, TestNode];
    const [ash] = topology.origins as [TestNode];
    await rounds(everyone(topology), 3);
    await ash.visit('10.0.0.1');
    await rounds([ash]);
    const deliver = network.deliver.bind(network);
    network.deliver = async (request) => {
      if (request.url === `${addressOf('top').url}/federation/v1/reports`)
        await top.federation.suspend(ash.nodeId);
      return deliver(request);
    };
    await rounds([left]);
    network.deliver = deliver;
    expect(await holdings(top)).not.toEqual(await reported(topology));
    await approve(top, ash);
    await rounds([left], 2);
    expect(await holdings(top)).toEqual(await reported(topology));
  });

  it('introduces a member again whom the hub above has forgotten', async () => {
    const topology = await tree();
    const [left, , top] = topology.hubs as [TestNode, TestNode, TestNode];
    const [ash] = topology.origins as [TestNode];
    await rounds(everyone(topology), 3);
    await top.federation.membership.forgetPeer(ash.nodeId);
    await ash.visit('10.0.0.1');
    await rounds([ash]);
    await rounds([left], 3);
    expect(await holdings(top)).toEqual(await reported(topology));
  });

  it('compares what it brings by hashes: a round in which nothing is new costs two small questions', async () => {
    const topology = await tree();
    for (const [index, origin] of topology.origins.entries()) await origin.visit(`10.0.0.${index}`);
    await rounds(everyone(topology), 3);
    const before = network.requests.length;
    await topology.hubs[0]!.round();
    const sent = network.requests.slice(before);
    expect(sent.map(({ url }) => url.split('/').at(-1))).toEqual(['digest', 'total']);
  });
});
