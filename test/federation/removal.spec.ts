import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf } from '../../src/clock/day.js';
import { LedgerTotals } from '../../src/federation/core/ledger-totals.js';
import { defaultPolicy } from '../../src/federation/core/policy.js';
import { TotalBoard, type TotalSnapshot } from '../../src/federation/core/total-board.js';
import { openCard, signCard } from '../../src/protocol/card.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { decodeHyll } from '../../src/sketch/hyll.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

const NOON_MS = Date.parse('2026-11-22T12:00:00Z');

let clock: ManualClock;
let network: MemoryNetwork;
let hub: TestNode;
let members: TestNode[];
beforeEach(async () => {
  clock = new ManualClock(NOON_MS);
  network = new MemoryNetwork();
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  members = [];
  for (const name of ['a', 'b', 'liar']) members.push(await member(name));
  await members[0]!.keys.found('Test', false);
  for (const node of members.slice(1)) await node.join(members[0]!.keys.line(true));
  await hub.join(members[0]!.keys.line(false));
});

const member = (name: string) =>
  TestNode.start(network, clock, { name, role: 'member', hub: addressOf('hub') });

async function rounds(nodes: readonly TestNode[], count = 2): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(60_000);
    for (const node of nodes) await node.round();
  }
}

async function approve(node: TestNode, trusted = true): Promise<void> {
  await node.round();
  await hub.federation.approve(node.nodeId, { trusted });
}

const people = (first: number, count: number) =>
  Array.from({ length: count }, (_, person) => `10.0.${(first + person) >> 8}.${(first + person) & 255}`);

/** The union of all that a total counts of one day, register by register. */
function registersOf({ slots, sketches, inputs }: TotalSnapshot, day: string): Sketch {
  const union = new Sketch();
  for (const { counted } of slots) {
    const digest = counted?.report.day === day ? counted.report.sketches[inputs.readKey(day)] : undefined;
    if (digest !== undefined) union.merge(decodeHyll(sketches.get(digest)!));
  }
  return union;
}

describe('a member that is removed', () => {
  it('leaves the very total of a world in which it never spoke, down to the registers', async () => {
    for (const node of members) await approve(node);
    // The other world: a hub that hears of all but the liar, at the same times.
    const elsewhere = await TestNode.start(network, clock, { name: 'other', role: 'hub', counting: false });
    await elsewhere.join(members[0]!.keys.line(false));
    const honest = members.slice(0, 2);
    for (const { federation, nodeId } of honest) {
      const card = federation.ownCard();
      await elsewhere.federation.requestToJoin(openCard(card), card);
      await elsewhere.federation.approve(nodeId, { trusted: true });
    }
    for (let day = 0; day < 3; day++) {
      await members[0]!.visit(...people(0, 300));
      await members[1]!.visit(...people(200, 300));
      await members[2]!.visit(...people(100 * day, 900));
      await rounds([...members, hub]);
      for (const node of honest) await elsewhere.federation.receive(await pushOf(node), null);
      if (day < 2) clock.advance(DAY_MS);
    }
    await hub.federation.board.publish();
    const before = hub.total();
    await hub.federation.remove(members[2]!.nodeId);
    await Promise.all([hub, elsewhere].map((node) => node.federation.board.publish()));
    const figures = ({ federation }: TestNode) => {
      const { publisher: _publisher, ...rest } = federation.board.latest()!.total;
      return rest;
    };
    expect(figures(hub)).toEqual(figures(elsewhere));
    expect(hub.total().windows).not.toEqual(before.windows);
    expect(hub.total().instances.map((row) => row.node)).not.toContain(members[2]!.nodeId);
    const snapshots = await Promise.all(
      [hub, elsewhere].map(({ federation }) => federation.board.snapshot()),
    );
    for (const day of [0, 1, 2].map((back) => addDays(dayOf(clock.nowMs()), -back))) {
      const [ours, theirs] = snapshots.map((snapshot) => registersOf(snapshot!, day));
      expect(ours!.estimate()).toBeGreaterThan(400);
      expect(Buffer.compare(ours!.registers, theirs!.registers)).toBe(0);
    }
    await hub.federation.approve(members[2]!.nodeId, { trusted: true });
    await hub.federation.board.publish();
    expect(hub.total().windows).toEqual(before.windows);
    expect(hub.total().inputs).toBe(before.inputs);
    // A ruling about all of its days comes to the same, and lifting it undoes it.
    const administrator = { by: 'administrator', why: 'made up' };
    const allDays = { origin: members[2]!.nodeId, day: null };
    await hub.federation.rule({ ...allDays, verdict: 'exclude' }, administrator);
    await hub.federation.board.publish();
    expect(figures(hub)).toEqual(figures(elsewhere));
    await hub.federation.lift(allDays.origin, null, administrator);
    await hub.federation.board.publish();
    expect(hub.total().inputs).toBe(before.inputs);
  });

  it('may lose a single day, as if it had never been reported, and have it back', async () => {
    for (const node of members) await approve(node);
    for (let day = 0; day < 3; day++) {
      await members[0]!.visit(...people(0, 300));
      await members[2]!.visit(...people(1000, 500));
      await rounds([...members, hub]);
      if (day < 2) clock.advance(DAY_MS);
    }
    await hub.federation.board.publish();
    const before = hub.total();
    const yesterday = addDays(dayOf(clock.nowMs()), -1);
    const ruled = { origin: members[2]!.nodeId, day: yesterday };
    const administrator = { by: 'administrator', why: 'an attack on the site' };
    await hub.federation.rule({ ...ruled, verdict: 'hold' }, administrator);
    await hub.federation.refreshTotal();
    const { windows, history } = hub.total();
    expect(history.find(({ day }) => day === yesterday)?.hits).toBe(300);
    expect(windows['1d']).toEqual(before.windows['1d']);
    expect(windows['7d'].coverage).toBeLessThan(before.windows['7d'].coverage);
    expect(await hub.federation.lift(ruled.origin, null, administrator)).toBe(false);
    expect(await hub.federation.lift(ruled.origin, yesterday, administrator)).toBe(true);
    await hub.federation.refreshTotal();
    expect(hub.total().inputs).toBe(before.inputs);
    const audited = await hub.records.audit.newest(10);
    expect(audited.map(({ action, by, why }) => [action, by, why])).toEqual([
      ['lift', 'administrator', 'an attack on the site'],
      ['hold', 'administrator', 'an attack on the site'],
    ]);
    expect(audited[0]!.subject).toEqual(ruled);
  });

  it('counts a held report once a person releases it, and only then', async () => {
    for (const node of members) await approve(node);
    const day = dayOf(clock.nowMs());
    await members[2]!.visit('10.0.0.1');
    await rounds([...members, hub]);
    // Three days later it says that there were more.
    clock.advance(4 * DAY_MS);
    const sightings = members[2]!.keys.sightings('10.0.0.2', day, null);
    await members[2]!.counts.record({ day, hour: null, sightings });
    await rounds([...members, hub]);
    const { nodeId } = members[2]!;
    expect(await hub.records.ledger.slot(nodeId, day)).toMatchObject({
      accepted: { report: { hits: 2 } },
      counted: { report: { hits: 1 } },
    });
    const administrator = { by: 'administrator', why: 'an import' };
    const [released] = await hub.federation.release(nodeId, day, administrator);
    expect(released?.report.hits).toBe(2);
    expect((await hub.records.ledger.slot(nodeId, day))?.counted?.report.hits).toBe(2);
    expect(await hub.federation.release(nodeId, day, administrator)).toEqual([]);
    expect(await hub.records.audit.newest(10)).toMatchObject([
      { action: 'release', subject: { origin: nodeId, day, report: released!.reportId } },
    ]);
  });

  it('counts all that is held of an origin in one decision, with an entry in the log for each day', async () => {
    for (const node of members) await approve(node);
    const [origin, other] = [members[1]!, members[2]!];
    const days: Day[] = [];
    for (let visit = 0; visit < 2; visit++) {
      days.push(dayOf(clock.nowMs()));
      for (const node of [origin, other]) await node.visit('10.0.0.1');
      await rounds([...members, hub]);
      clock.advance(DAY_MS);
    }
    clock.advance(3 * DAY_MS);
    for (const node of [origin, other])
      for (const day of days)
        await node.counts.record({ day, hour: null, sightings: node.keys.sightings('10.0.0.2', day, null) });
    await rounds([...members, hub]);
    const countedHits = async ({ nodeId }: TestNode) =>
      (await hub.records.ledger.slotsOf(nodeId, days[0]!, days[1]!)).map(
        ({ counted }) => counted?.report.hits,
      );
    expect(await countedHits(origin)).toEqual([1, 1]);
    const administrator = { by: 'administrator', why: 'an import' };
    const released = await hub.federation.release(origin.nodeId, null, administrator);
    expect(released.map(({ day }) => day)).toEqual(days);
    expect(await countedHits(origin)).toEqual([2, 2]);
    expect(await countedHits(other)).toEqual([1, 1]);
    expect(await hub.records.audit.newest(10)).toMatchObject(
      released.toReversed().map(({ day, reportId }) => ({
        ...administrator,
        ...{ action: 'release', subject: { origin: origin.nodeId, day, report: reportId } },
      })),
    );
    expect(await hub.federation.release(origin.nodeId, null, administrator)).toEqual([]);
  });

  it('is told so, and none of its reports are taken', async () => {
    for (const node of members) await approve(node);
    await rounds([...members, hub]);
    await hub.federation.remove(members[2]!.nodeId);
    await members[2]!.visit('10.0.0.1');
    await rounds([...members, hub]);
    expect(members[2]!.federation.exchanges[0]).toMatchObject({
      state: 'failing',
      lastError: 'the peer answers that we are removed',
    });
    expect(hub.total().windows['1d'].hits).toBe(0);
    expect(hub.federation.refused.get('not-a-member')).toBeGreaterThan(0);
  });
});

/** All reports of a node with their sketches, as it would push them. */
async function pushOf({ records, nodeId }: TestNode) {
  const slots = await records.ledger.slots('2000-01-01', '2100-01-01');
  const own = slots.filter(({ accepted }) => accepted.origin === nodeId).map(({ accepted }) => accepted);
  const sketches: Record<string, string> = {};
  for (const digest of own.flatMap(({ report }) => Object.values(report.sketches))) {
    sketches[digest] = Buffer.from((await records.ledger.sketch(digest))!).toString('base64');
  }
  return { reports: own.map(({ envelope }) => envelope), sketches };
}

describe('a stranger', () => {
  it('vouches for no time before a person has let it in', async () => {
    await members[0]!.round();
    expect(network.requests.some(({ url }) => url.endsWith('/join'))).toBe(true);
    expect(hub.witnessed).toEqual([]);
    await approve(members[0]!);
    await rounds([members[0]!], 1);
    expect(hub.witnessed.length).toBeGreaterThan(0);
  });

  it('is one of fifty that wait at most, for thirty days at most', async () => {
    const ask = async () => {
      const key = NodeKey.generate();
      const software = { name: 'x', version: '1' };
      const card = signCard(
        { name: null, url: null, software, listed: false, counting: true, version: 1 },
        key,
      );
      return hub.federation.requestToJoin(openCard(card), card);
    };
    for (let stranger = 0; stranger < defaultPolicy.pendingMax; stranger++)
      expect(await ask()).toBe('pending');
    expect(await ask()).toBe('pending');
    expect(hub.federation.membership.peers()).toHaveLength(defaultPolicy.pendingMax);
    clock.advance(defaultPolicy.pendingMs + 1);
    expect(await ask()).toBe('pending');
    expect(hub.federation.membership.peers()).toHaveLength(1);
  });
});

describe('a total', () => {
  it('is made of reports of its own federation, also where the ledger still holds another’s', async () => {
    for (const node of members) await approve(node);
    await members[0]!.visit('10.0.0.1');
    await rounds([...members, hub]);
    expect(hub.total().windows['1d'].hits).toBe(1);
    await members[1]!.keys.found('Another', false);
    await hub.join(members[1]!.keys.line(false));
    await members[1]!.visit('10.0.0.2', '10.0.0.3');
    await rounds([members[1]!, hub]);
    expect(hub.total().windows['1d']).toMatchObject({ hits: 2, uniques: { estimate: 2 } });
    const snapshot = (await hub.federation.board.snapshot())!;
    expect(snapshot.slots.map(({ accepted }) => accepted.origin)).toEqual([members[1]!.nodeId]);
  });

  it('reads its inputs again when a report is replaced meanwhile', async () => {
    for (const node of members) await approve(node);
    await members[0]!.visit('10.0.0.1');
    await rounds([...members, hub]);
    const { ledger } = hub.records;
    let replaced = false;
    const racing = Object.create(ledger, {
      sketch: {
        value: async (digest: string) => {
          if (!replaced) {
            replaced = true;
            await members[0]!.visit('10.0.0.2');
            await rounds([members[0]!], 1);
          }
          return ledger.sketch(digest);
        },
      },
    }) as typeof ledger;
    const { settings, peers } = hub.records;
    expect(await peers.peers()).toHaveLength(3);
    const board = await TotalBoard.open({
      ledger: racing,
      settings,
      key: hub.key,
      clock,
      policy: defaultPolicy,
      terms: () => ({
        federation: hub.keys.current.current.federation,
        name: 'Test',
        identity: hub.keys.scheme,
        readKey: (day) => hub.keys.keyOfWindow(day)!,
      }),
      roster: () => hub.federation.membership.roster(),
      rulings: hub.federation.rulings,
      computer: new LedgerTotals(racing),
    });
    const signed = await board.publish();
    expect(signed!.total.windows['1d'].uniques).toMatchObject({ estimate: 2, dedup: 'full' });
  });
});
