import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf, dayStartMs, HOUR_MS } from '../../src/clock/day.js';
import { epochOf, lastDayOfEpoch } from '../../src/identity/epoch-calendar.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

const START = '2026-11-01';

interface Federation {
  clock: ManualClock;
  hub: TestNode;
  members: TestNode[];
  /** The last day of the epoch in which the federation was founded. */
  lastDay: Day;
}

/** A blind hub and two members, a few days before an epoch ends. */
async function nearTheEndOfAnEpoch(): Promise<Federation> {
  const clock = new ManualClock(dayStartMs(START) + 12 * HOUR_MS);
  const network = new MemoryNetwork();
  const hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  const members = [];
  for (const name of ['a', 'b'])
    members.push(await TestNode.start(network, clock, { name, role: 'member', hub: addressOf('hub') }));
  await members[0]!.keys.found('Test', false);
  const { calendar } = members[0]!.keys.current.current;
  const lastDay = lastDayOfEpoch(calendar, epochOf(calendar, START));
  clock.set(dayStartMs(addDays(lastDay, -2)) + 12 * HOUR_MS);
  for (const node of members) await node.keys.turn(true);
  await members[1]!.join(members[0]!.keys.line(true));
  await hub.join(members[0]!.keys.line(false));
  for (const node of members) await node.round();
  for (const node of members) await hub.federation.approve(node.nodeId, { trusted: true });
  return { clock, hub, members, lastDay };
}

async function rounds(federation: Federation, nodes: readonly TestNode[]): Promise<void> {
  for (let round = 0; round < 2; round++) {
    federation.clock.advance(60_000);
    for (const node of nodes) await node.round();
  }
}

const noon = (federation: Federation, day: Day) => federation.clock.set(dayStartMs(day) + 12 * HOUR_MS);
const week = (federation: Federation) => federation.hub.total().windows['7d'];

describe('the turn of an epoch', () => {
  it('is crossed by a person who comes to both sites every day, counted once on each of the days around it', async () => {
    const federation = await nearTheEndOfAnEpoch();
    const { clock, hub, members, lastDay } = federation;
    const readKeys = new Set<string | null>();
    for (let step = -2; step <= 4; step++) {
      noon(federation, addDays(lastDay, step));
      for (const member of members) await member.visit('10.0.0.1');
      await rounds(federation, [...members, hub]);
      readKeys.add(hub.keys.keyOfWindow(dayOf(clock.nowMs())));
      expect(week(federation)).toMatchObject({
        uniques: { estimate: 1, low: 1, high: 1, dedup: 'full' },
        coverage: 1,
      });
      expect(hub.total().instances.map((row) => row.windows['7d'].estimate)).toEqual([1, 1]);
    }
    expect(readKeys.size).toBe(2);
    expect(hub.total().history.map((day) => day.uniques.estimate)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it('does not unmerge a member that fell silent on the last day of an epoch', async () => {
    const federation = await nearTheEndOfAnEpoch();
    const { hub, members, lastDay } = federation;
    noon(federation, lastDay);
    for (const member of members) await member.visit('10.0.0.1');
    await rounds(federation, [...members, hub]);
    noon(federation, addDays(lastDay, 1));
    await members[1]!.visit('10.0.0.1');
    await rounds(federation, [members[1]!, hub]);
    // The day that a did not close and the one of which it said nothing may hide one person each.
    expect(week(federation).uniques).toMatchObject({ estimate: 1, low: 1, dedup: 'full' });
    expect(week(federation).instances).toMatchObject({ fresh: 1, stale: 1 });
  });

  it.each([
    ['within 48 h', 2],
    ['days later', 5],
  ])(
    'leaves bounds where a member fell silent before that, until it comes back %s',
    async (_when, daysAway) => {
      const federation = await nearTheEndOfAnEpoch();
      const { clock, hub, members, lastDay } = federation;
      noon(federation, addDays(lastDay, -1));
      for (const member of members) await member.visit('10.0.0.1', '10.0.0.2');
      await rounds(federation, [...members, hub]);
      for (let step = 0; step < daysAway; step++) {
        noon(federation, addDays(lastDay, step));
        await members[1]!.visit('10.0.0.1');
        await rounds(federation, [members[1]!, hub]);
      }
      const { uniques } = week(federation);
      expect(uniques.dedup).toBe('bounded');
      expect(uniques.low).toBeLessThanOrEqual(2);
      expect(uniques.high).toBeGreaterThanOrEqual(2);
      clock.advance(HOUR_MS);
      await rounds(federation, [...members, hub]);
      expect(week(federation).uniques).toMatchObject({ estimate: 2, dedup: 'full' });
      expect(week(federation).instances.held).toBe(0);
    },
  );

  it('leaves two keys at every node, and none of the epoch that is over two days later', async () => {
    const federation = await nearTheEndOfAnEpoch();
    const { clock, hub, members, lastDay } = federation;
    const [old] = [...members[0]!.keys.current.current.chain.keys.values()];
    for (let step = -2; step <= 4; step++) {
      noon(federation, addDays(lastDay, step));
      await rounds(federation, [...members, hub]);
    }
    expect(clock.nowMs()).toBeGreaterThan(dayStartMs(lastDay) + 3 * DAY_MS);
    for (const { keys, keyring } of members) {
      expect(keys.current.current.chain.keys.size).toBe(2);
      expect(keyring.text).not.toContain(Buffer.from(old!).toString('base64url'));
    }
    expect(hub.keys.current.current.chain.keys.size).toBe(0);
  });
});
