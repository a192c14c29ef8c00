import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, dayOf } from '../../src/clock/day.js';
import { openCard } from '../../src/protocol/card.js';
import { changeKey } from '../../src/protocol/key-chain.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

const NAMES = ['ash', 'beech', 'cherry', 'date'];
/** Of a report in a ring of four, in rounds: whoever calls its origin may have called it just before. */
const DIAMETER = 2;

let clock: ManualClock;
let network: MemoryNetwork;
let ash: TestNode;
let beech: TestNode;
let cherry: TestNode;
let date: TestNode;

/** A ring in which each calls the next one only: ash and cherry never do. */
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork('relayed cards');
  const nodes: TestNode[] = [];
  for (const [index, name] of NAMES.entries())
    nodes.push(await startPeer(name, NAMES[(index + 1) % NAMES.length]!));
  [ash, beech, cherry, date] = nodes as [TestNode, TestNode, TestNode, TestNode];
  await ash.keys.found('Ring', false);
  for (const node of nodes.slice(1)) await node.join(ash.keys.line(true));
  for (const node of nodes) for (const other of nodes) if (other !== node) await letIn(node, other);
  await ash.visit('10.0.0.1');
  await rounds(nodes, 3);
  expect(await reportedBy(ash, cherry)).toEqual(await reportedBy(ash, ash));
});

const startPeer = (name: string, next: string) =>
  TestNode.start(network, clock, { name, role: 'peer', peers: [addressOf(next)] });

async function letIn(at: TestNode, node: TestNode): Promise<void> {
  await at.federation.meet(addressOf(node.options.name));
  await at.federation.approve(node.nodeId, { trusted: true });
}

async function rounds(nodes: readonly TestNode[], count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(120_000);
    for (const node of nodes) await node.round();
  }
}

/** The ids of the origin's newest reports that a node holds. */
async function reportedBy(origin: TestNode, at: TestNode): Promise<string[]> {
  const today = dayOf(clock.nowMs());
  const slots = await at.records.ledger.slotsOf(origin.nodeId, addDays(today, -62), today);
  return slots.map(({ accepted }) => accepted.reportId).sort();
}

async function changeKeyOf(node: TestNode, stolen = false): Promise<void> {
  node.key = changeKey(node.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen });
  await node.restart(network);
  await node.visit('10.0.0.2');
}

function cutOff({ options: { name } }: TestNode): void {
  const { url } = addressOf(name);
  network.weather = (from, to) => (from === url || to === url ? 'is lost' : 'arrives');
}

/** The bodies that were sent since, and of them those that bring cards. */
function sentSince(start: number, call: string): { cards?: unknown }[] {
  return network.requests
    .slice(start)
    .filter(({ url }) => url.endsWith(`/${call}`))
    .map(({ body }) => JSON.parse(Buffer.from(body!).toString()));
}

const bringsCards = ({ cards }: { cards?: unknown }) => cards !== undefined;

/** Such a node reads and says nothing of cards. */
function isOfBefore(node: TestNode): void {
  const { federation } = node;
  const { answers } = federation;
  const without = (body: Uint8Array) => {
    const { cards: _, ...known } = JSON.parse(Buffer.from(body).toString());
    return Buffer.from(JSON.stringify(known));
  };
  const pull = answers.pull.bind(answers);
  answers.pull = (caller, body) => pull(caller, without(body));
  const receive = federation.receive.bind(federation);
  federation.receive = ({ reports, sketches }, caller) => receive({ reports, sketches }, caller);
  Reflect.set(Reflect.get(federation, 'cards') as object, 'of', () => null);
}

describe('in a ring, a node that changes its key', () => {
  it.each([
    ['its key goes on', false],
    ['it was stolen', true],
  ])('has its new reports everywhere within the diameter’s rounds, where %s', async (_, stolen) => {
    await changeKeyOf(ash, stolen);
    await rounds([cherry, beech, ash, date], DIAMETER);
    for (const node of [beech, cherry, date])
      expect(await reportedBy(ash, node)).toEqual(await reportedBy(ash, ash));
    expect(cherry.federation.membership.peer(ash.nodeId)).toMatchObject({
      ...{ card: ash.federation.ownCard(), status: 'active', role: 'peer' },
      ...{ pin: 'join', url: addressOf('ash').url },
    });
    await rounds([cherry], 1);
    expect(cherry.estimate('1d')).toBe(2);
  });

  it.each([
    ['whom it calls brings them on', () => date, () => [ash, beech]],
    ['who calls it is asked for them', () => beech, () => [ash, date, cherry]],
  ])('is heard of at once by the opposite one, with all its days, where only %s', async (_, away, others) => {
    cutOff(away());
    clock.advance(DAY_MS);
    await ash.visit('10.0.0.3');
    await changeKeyOf(ash, true);
    await rounds(others(), 1);
    const reports = await reportedBy(ash, ash);
    expect(reports).toHaveLength(2);
    expect(await reportedBy(ash, cherry)).toEqual(reports);
    const start = network.requests.length;
    await ash.visit('10.0.0.4');
    await rounds(others(), 1);
    expect(await reportedBy(ash, cherry)).toEqual(await reportedBy(ash, ash));
    expect(['reports', 'pull'].flatMap((call) => sentSince(start, call)).filter(bringsCards)).toEqual([]);
  });

  it('stays a stranger where it was one, and its reports are refused there', async () => {
    const elm = await startPeer('elm', 'beech');
    await elm.join(ash.keys.line(true));
    await letIn(beech, elm);
    await letIn(elm, beech);
    await changeKeyOf(elm);
    const start = network.requests.length;
    await rounds([elm, beech, cherry], 3);
    expect(await reportedBy(elm, beech)).toHaveLength(1);
    expect(sentSince(start, 'reports').filter(bringsCards)).toHaveLength(1);
    expect(cherry.federation.membership.peer(elm.nodeId)).toBeNull();
    expect(await reportedBy(elm, cherry)).toEqual([]);
    expect(cherry.federation.refused.get('not-a-member')).toBe(1);
    expect(cherry.federation.refused.get('unknown-key')).toBe(2);
  });

  it('is refused as before by one of before, and its card is not asked of it in vain', async () => {
    cutOff(beech);
    isOfBefore(date);
    await changeKeyOf(ash);
    await rounds([ash, date, cherry], 3);
    expect(await reportedBy(ash, date)).toEqual(await reportedBy(ash, ash));
    expect(await reportedBy(ash, cherry)).not.toEqual(await reportedBy(ash, ash));
    expect(cherry.federation.refused.get('unknown-key')).toBe(2);
    expect(cherry.federation.exchanges[0]).toMatchObject({ state: 'in step', lastError: null });
    await date.restart(network);
    await rounds([date, cherry], 1);
    expect(await reportedBy(ash, cherry)).toEqual(await reportedBy(ash, ash));
  });

  it('that goes on under two is in quarantine where the second one is heard of', async () => {
    const before = ash.key;
    await changeKeyOf(ash);
    await rounds([ash, beech, cherry], 1);
    cutOff(beech);
    ash.key = changeKey(before, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    await date.federation.forget(ash.nodeId);
    await ash.restart(network);
    await letIn(date, ash);
    await ash.visit('10.0.0.9');
    await rounds([ash, date, cherry], 3);
    expect(await reportedBy(ash, date)).toEqual(await reportedBy(ash, ash));
    const { status, opened } = cherry.federation.membership.peer(ash.nodeId)!;
    expect(status).toBe('quarantined');
    expect(opened.keyChanges).not.toEqual(openCard(ash.federation.ownCard()).keyChanges);
    expect(cherry.federation.refused.get('forked-key-chain')).toBe(1);
  });
});
