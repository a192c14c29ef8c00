import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS } from '../../src/clock/day.js';
import { computeTotal } from '../../src/federation/core/total.js';
import { bundleOf, verifyBundle } from '../../src/federation/total-bundle.js';
import { addressOf, MemoryNetwork, type NodeOptions, TestNode } from './core-network.js';

const NOON_MS = Date.parse('2026-11-22T12:00:00Z');
const MINUTE_MS = 60_000;

let network: MemoryNetwork;
let clock: ManualClock;
beforeEach(() => {
  network = new MemoryNetwork();
  clock = new ManualClock(NOON_MS);
});

const start = (options: NodeOptions) => TestNode.start(network, clock, options);

async function rounds(nodes: readonly TestNode[], count = 3): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(MINUTE_MS);
    for (const node of nodes) await node.round();
  }
}

interface HubFederation {
  hub: TestNode;
  members: TestNode[];
  all: TestNode[];
}

/** A blind hub and members whose key it never sees, all of them approved. */
async function hubFederation(names: readonly string[], approve = { trusted: true }): Promise<HubFederation> {
  const hub = await start({ name: 'hub', role: 'hub', counting: false });
  const members: TestNode[] = [];
  for (const name of names) members.push(await start({ name, role: 'member', hub: addressOf('hub') }));
  await members[0]!.keys.found('Test', false);
  const line = members[0]!.keys.line(true);
  for (const member of members.slice(1)) await member.join(line);
  await hub.join({ ...line, chain: { ...line.chain, key: null } });
  await rounds(members, 1);
  for (const member of members) await hub.federation.approve(member.nodeId, approve);
  return { hub, members, all: [...members, hub] };
}

async function mesh(names: readonly string[], sketchMinimum = 0): Promise<TestNode[]> {
  const nodes: TestNode[] = [];
  for (const name of names) {
    const peers = names.filter((other) => other !== name).map(addressOf);
    nodes.push(await start({ name, role: 'peer', peers, sketchMinimum }));
  }
  await nodes[0]!.keys.found('Mesh', false);
  const line = nodes[0]!.keys.line(true);
  for (const node of nodes.slice(1)) await node.join(line);
  return nodes;
}

describe('a hub with members', () => {
  it('counts a person who uses two instances once in all and once at each, and tells its members', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b']);
    await members[0]!.visit('10.0.0.1', '10.0.0.2');
    await members[1]!.visit('10.0.0.1', '10.0.0.3');
    await rounds(all);
    expect(hub.estimate()).toBe(3);
    expect(hub.total().windows['30d'].sum).toBe(4);
    expect(hub.total().instances.map((row) => row.windows['1d'].estimate)).toEqual([2, 2]);
    await rounds(members, 1);
    expect(members[0]!.total()).toEqual(hub.total());
  });

  it.each([true, false])(
    'counts the people of a member under another identity scheme, and merges them with nobody’s (hub counts: %s)',
    async (counting) => {
      const hub = await start({ name: 'hub', role: 'hub', counting });
      const [a, b] = [
        await start({ name: 'a', role: 'member', hub: addressOf('hub') }),
        await start({ name: 'b', role: 'member', hub: addressOf('hub'), scheme: 'cookie/1' }),
      ];
      await a.keys.found('Test', false);
      const line = a.keys.line(true);
      await b.join({ ...line, scheme: 'cookie/1' });
      await hub.join(a.keys.line(counting));
      await rounds([a, b], 1);
      for (const { nodeId } of [a, b]) await hub.federation.approve(nodeId, { trusted: true });
      await a.visit('10.0.0.1', '10.0.0.2', '10.0.0.3');
      await b.visit('10.0.0.1', '10.0.0.2');
      await rounds([a, b, hub]);
      for (const window of ['1d', '7d', '30d'] as const) {
        expect(hub.total().windows[window]).toMatchObject({
          uniques: { estimate: 3, low: 3, high: 5, dedup: 'bounded' },
          ...{ sum: 5, overlap: null },
        });
        const rowOf = ({ nodeId }: TestNode) => hub.total().instances.find(({ node }) => node === nodeId);
        expect(rowOf(a)?.windows[window]).toMatchObject({ estimate: 3, marginal: 3 });
        expect(rowOf(b)?.windows[window]).toMatchObject({ estimate: 2, marginal: null });
      }
      expect(hub.total().history.at(-1)?.uniques.dedup).toBe('bounded');
      expect(hub.federation.knownState().otherKeys).toEqual([b.nodeId]);
      const bundle = bundleOf((await hub.federation.board.snapshot())!, hub.federation);
      expect(bundle.identity).toBe('ip/1');
      expect(verifyBundle(structuredClone(bundle)).problems).toEqual([]);
      // Whoever calls the other scheme the federation's comes to another total.
      expect(verifyBundle({ ...bundle, identity: 'cookie/1' }).problems).not.toEqual([]);
    },
  );

  it('never holds an epoch key, and its members’ sketches are under none of its own', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b']);
    await members[0]!.visit('10.0.0.1');
    await rounds(all);
    const kept = JSON.stringify([
      hub.keyring.text,
      await hub.records.ledger.slots('2000-01-01', '2100-01-01'),
      await hub.records.peers.peers(),
      await hub.records.settings.get('newest-total'),
    ]);
    for (const secret of members[0]!.keys.current.current.chain.keys.values()) {
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const text = Buffer.from(secret).toString(encoding).replace(/=+$/, '');
        expect(members[0]!.keyring.text + text).toContain(text);
        expect(kept).not.toContain(text);
      }
    }
    expect(hub.keys.current.current.chain.keys.size).toBe(0);
  });

  it('lets nobody count before a person has approved, and shows newcomers outside the headline', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b'], { trusted: false });
    await hub.federation.approve(members[0]!.nodeId, { trusted: true });
    const stranger = await start({ name: 'stranger', role: 'member', hub: addressOf('hub') });
    await stranger.join(members[0]!.keys.line(true));
    await members[0]!.visit('10.0.0.1');
    await members[1]!.visit('10.0.0.2');
    await stranger.visit('10.0.0.3');
    await rounds([stranger, ...all]);
    expect(hub.estimate()).toBe(1);
    expect(hub.total().windows['1d'].instances).toMatchObject({ fresh: 1, probation: 1 });
    expect(hub.total().instances).toHaveLength(2);
    expect(stranger.federation.exchanges[0]!.state).toBe('waiting for approval');
    clock.advance(8 * DAY_MS);
    await members[1]!.visit('10.0.0.2', '10.0.0.4');
    await rounds(all);
    expect(hub.estimate()).toBe(3);
    expect(hub.total().windows['30d'].visitorDays).toBe(3);
  });

  it('gives, without an origin, the very total of a world in which it never spoke', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b', 'c']);
    for (const [index, member] of members.entries()) {
      await member.visit(
        ...Array.from({ length: 300 }, (_, person) => `10.${index % 2}.${person >> 7}.${person & 127}`),
      );
    }
    await rounds(all);
    const snapshot = (await hub.federation.board.snapshot())!;
    const withAll = snapshot.signed.total;
    await hub.federation.remove(members[2]!.nodeId);
    const removed = (await hub.federation.board.snapshot())!;
    const without = removed.signed.total;
    const neverSpoke = computeTotal({
      ...removed.inputs,
      slots: removed.slots.filter((slot) => slot.accepted.origin !== members[2]!.nodeId),
    });
    expect(without.windows).toEqual(neverSpoke.windows);
    expect(without.instances).toEqual(neverSpoke.instances);
    expect(without.windows).not.toEqual(withAll.windows);
    await hub.federation.approve(members[2]!.nodeId, { trusted: true });
    const again = (await hub.federation.board.snapshot())!.signed.total;
    expect(again.windows).toEqual(withAll.windows);
  });

  it('calls a silent member stale and goes on counting it, with its missing days in the interval', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b']);
    await members[0]!.visit('10.0.0.1', '10.0.0.2');
    await members[1]!.visit('10.0.0.9');
    await rounds(all);
    clock.advance(2 * DAY_MS);
    await members[1]!.visit('10.0.0.9');
    await rounds([members[1]!, hub]);
    const { windows, instances } = hub.total();
    expect(windows['7d'].instances).toMatchObject({ fresh: 1, stale: 1 });
    expect(windows['7d'].uniques.estimate).toBe(3);
    expect(windows['7d'].coverage).toBeLessThan(1);
    expect(windows['7d'].uniques.high).toBeGreaterThan(3);
    expect(instances.find((row) => row.node === members[0]!.nodeId)).toMatchObject({ stale: true });
  });
});

describe('a mesh of three', () => {
  it('converges to one total everywhere', async () => {
    const nodes = await mesh(['a', 'b', 'c']);
    for (const [index, node] of nodes.entries()) await node.visit('10.0.0.1', `10.0.1.${index}`);
    await rounds(nodes, 4);
    expect(nodes.map((node) => node.estimate())).toEqual([4, 4, 4]);
    expect(new Set(nodes.map((node) => node.total().inputs)).size).toBe(1);
  });

  it('sends small days as counts only, unless told otherwise', async () => {
    const nodes = await mesh(['a', 'b'], 100);
    for (const node of nodes) await node.visit('10.0.0.1');
    await rounds(nodes, 4);
    expect(nodes[0]!.total().windows['1d'].uniques).toMatchObject({
      estimate: null,
      low: 1,
      high: 2,
      dedup: 'bounded',
    });
    const slots = await nodes[0]!.records.ledger.slots('2000-01-01', '2100-01-01');
    expect(slots.map((slot) => slot.accepted.report.sketches)).toEqual([{}, {}]);
  });

  it.each(['is lost', 'arrives, answer lost', 'arrives twice'] as const)(
    'comes to the same total when one request of three %s',
    async (weather) => {
      const nodes = await mesh(['a', 'b', 'c']);
      let seed = 7;
      network.weather = () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        return seed / 2 ** 31 < 1 / 3 ? weather : 'arrives';
      };
      for (const [index, node] of nodes.entries()) await node.visit('10.0.0.1', `10.0.1.${index}`);
      await rounds(nodes, 12);
      expect(nodes.map((node) => node.estimate())).toEqual([4, 4, 4]);
    },
  );

  it('does not count itself as a peer', async () => {
    const node = await start({ name: 'a', role: 'peer', peers: [addressOf('a')] });
    await node.keys.found('Mirror', false);
    await node.visit('10.0.0.1', '10.0.0.2');
    await rounds([node], 3);
    expect(node.federation.exchanges[0]?.lastError).toBe('http://a.test is this node itself');
    expect(node.total().instances).toHaveLength(1);
    expect(node.total().windows['1d']).toMatchObject({ sum: 2, hits: 2 });
  });

  it('is not moved by requests that somebody kept and sends again, in any order', async () => {
    const nodes = await mesh(['a', 'b', 'c']);
    for (const node of nodes) await node.visit('10.0.0.1');
    await rounds(nodes, 4);
    const kept = [...network.requests];
    for (const node of nodes) await node.visit('10.0.0.2');
    await rounds(nodes, 3);
    const before = nodes.map((node) => node.total().windows);
    const replayed = network.requests.length;
    for (const request of kept.reverse()) {
      const { status, body } = await network.deliver(request);
      if (request.url.endsWith('/.well-known/headcount')) continue;
      // Of strangers no nonce is kept: whoever repeats their request to join is told how they stand, and changes nothing.
      if (request.url.endsWith('/join') && status === 200) {
        expect(JSON.parse(Buffer.from(body).toString())).toEqual({ status: 'active' });
        continue;
      }
      expect(status).toBe(401);
      expect(Buffer.from(body).toString()).toContain('nonce-repeated');
    }
    expect(network.requests).toHaveLength(replayed);
    await Promise.all(nodes.map((node) => node.federation.board.publish()));
    expect(nodes.map((node) => node.total().windows)).toEqual(before);
  });
});

describe('thirty days and more', () => {
  it('counts a person who comes every day once, on two instances, across the turn of an epoch', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b']);
    const chains = new Set<string>();
    for (let day = 0; day < 45; day++) {
      for (const member of members) await member.visit('10.0.0.1');
      await members[0]!.visit(`10.9.0.${day}`);
      await rounds(all, 2);
      chains.add(hub.keys.keyOfWindow(new Date(clock.nowMs()).toISOString().slice(0, 10))!);
      expect(hub.estimate('1d')).toBe(2);
      const windowDays = Math.min(30, day + 1);
      expect(Math.abs(hub.estimate('30d')! - (windowDays + 1))).toBeLessThanOrEqual(1);
      expect(hub.total().windows['30d'].uniques.dedup).toBe('full');
      clock.advance(DAY_MS);
    }
    expect(chains.size).toBeGreaterThanOrEqual(2);
    const own = members[1]!.windows;
    const today = new Date(clock.nowMs() - DAY_MS).toISOString().slice(0, 10);
    expect((await own.window('30d', today)).estimate).toBe(1);
    expect((await own.window('30d', today)).visitorDays).toBe(30);
  }, 60_000);
});

describe('a node alone', () => {
  it('signs its days and sends nothing to anybody', async () => {
    const node = await start({ name: 'alone', role: 'standalone' });
    await node.visit('10.0.0.1');
    await rounds([node], 5);
    expect(network.requests).toEqual([]);
    const slot = await node.records.ledger.slot(node.nodeId, '2026-11-22');
    expect(slot?.accepted.report).toMatchObject({ hits: 1, uniques: 1, closed: false });
  });
});

describe('a peer that changes its key', () => {
  it('is refused at the address where another one was met first', async () => {
    const { hub, members, all } = await hubFederation(['a']);
    await rounds(all);
    const elsewhere = new MemoryNetwork('another hub');
    const other = await TestNode.start(elsewhere, clock, { name: 'hub', role: 'hub', counting: false });
    network.nodes.set(addressOf('hub').url, other);
    clock.advance(2 * DAY_MS);
    await members[0]!.visit('10.0.0.1');
    await rounds(members, 1);
    expect(members[0]!.federation.exchanges[0]!.lastError).toContain(`but ${hub.nodeId} is expected`);
  });
});

describe('verify-total', () => {
  it('finds whatever was changed in a published total or its inputs', async () => {
    const { hub, members, all } = await hubFederation(['a', 'b']);
    for (const member of members) await member.visit(...Array.from({ length: 200 }, (_, i) => `10.0.0.${i}`));
    await rounds(all);
    const bundle = bundleOf((await hub.federation.board.snapshot())!, hub.federation);
    expect(verifyBundle(structuredClone(bundle)).problems).toEqual([]);
    const changed = (change: (copy: typeof bundle) => void) => {
      const copy = structuredClone(bundle);
      change(copy);
      try {
        return verifyBundle(copy).problems;
      } catch (error) {
        return [(error as Error).message];
      }
    };
    const [digest] = Object.keys(bundle.sketches);
    const swap = (text: string) => text.replace(/"payload":"(.{30})./, (_, start) => `"payload":"${start}_`);
    expect(changed((copy) => (copy.total = swap(copy.total)))).not.toEqual([]);
    expect(changed((copy) => (copy.slots[0]!.accepted = swap(copy.slots[0]!.accepted)))).not.toEqual([]);
    expect(changed((copy) => delete copy.sketches[digest!])).not.toEqual([]);
    expect(changed((copy) => copy.slots.pop())).not.toEqual([]);
    expect(changed((copy) => copy.roster.pop())).not.toEqual([]);
    expect(changed((copy) => (copy.roster[0]!.status = 'probation'))).not.toEqual([]);
    expect(changed((copy) => (copy.nowMs += 10 * DAY_MS))).not.toEqual([]);
    expect(changed((copy) => (copy.publisher = members[0]!.federation.ownCard()))).not.toEqual([]);
    expect(changed((copy) => (copy.cards = []))).not.toEqual([]);
  });
});
