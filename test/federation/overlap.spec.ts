import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS } from '../../src/clock/day.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

let clock: ManualClock;
let network: MemoryNetwork;
let hub: TestNode;
let members: TestNode[];
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork();
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  members = [];
  for (const name of ['a', 'b', 'c'])
    members.push(await TestNode.start(network, clock, { name, role: 'member', hub: addressOf('hub') }));
  await members[0]!.keys.found('Test', false);
  for (const node of members.slice(1)) await node.join(members[0]!.keys.line(true));
  await hub.join(members[0]!.keys.line(false));
  for (const node of members) {
    await node.round();
    await hub.federation.approve(node.nodeId, { trusted: true });
  }
});

const people = (first: number, count: number) =>
  Array.from({ length: count }, (_, person) => `10.0.${(first + person) >> 8}.${(first + person) & 255}`);

async function rounds(): Promise<void> {
  clock.advance(60_000);
  for (const node of [...members, hub]) await node.round();
}

const between = (a: number, b: number, length = 30) =>
  hub.federation.overlaps.between(members[a]!.nodeId, members[b]!.nodeId, length);

describe('the overlap of two instances', () => {
  it('is estimated from what they reported anyway, over the days of a window', async () => {
    await members[0]!.visit(...people(0, 2000));
    await members[1]!.visit(...people(5000, 1000));
    await rounds();
    clock.advance(DAY_MS);
    await members[0]!.visit(...people(2000, 1000));
    await members[1]!.visit(...people(2000, 1500));
    await rounds();
    const overlap = (await between(0, 1))!;
    expect(overlap).toMatchObject({ to: '2026-11-23', hidden: null, atMost: null });
    const { estimate, low, high } = overlap.shared!;
    expect(low).toBeLessThanOrEqual(1000);
    expect(high).toBeGreaterThanOrEqual(1000);
    expect(Math.abs(estimate - 1000)).toBeLessThan(60);
    expect(overlap.uniquesA).toBeGreaterThan(2900);
    expect(await between(0, 1, 1)).toMatchObject({ hidden: 'too-few', shared: null });
  });

  it('is hidden where either has not more than a thousand people, or nothing is to be seen', async () => {
    await members[0]!.visit(...people(0, 3000));
    await members[1]!.visit(...people(10_000, 3000));
    await members[2]!.visit(...people(0, 900));
    await rounds();
    const none = (await between(0, 1))!;
    expect(none).toMatchObject({ hidden: 'below-detection', shared: null });
    expect(none.atMost).toBeLessThan(100);
    expect(await between(0, 2)).toMatchObject({ hidden: 'too-few', shared: null, atMost: null });
    const matrix = await hub.federation.overlaps.matrix(
      members.map(({ nodeId }) => nodeId),
      30,
    );
    expect(matrix).toHaveLength(3);
    expect(matrix).toContainEqual(none);
  });

  it('is not looked for under another identity scheme: its registers are of other ids', async () => {
    const options = { name: 'd', role: 'member', hub: addressOf('hub'), scheme: 'cookie/1' } as const;
    const other = await TestNode.start(network, clock, options);
    await other.join({ ...members[0]!.keys.line(true), scheme: 'cookie/1' });
    await other.round();
    await hub.federation.approve(other.nodeId, { trusted: true });
    members.push(other);
    for (const index of [0, 3]) await members[index]!.visit(...people(0, 3000));
    await rounds();
    const overlap = await between(0, 3);
    expect(overlap).toMatchObject({ uniquesB: null, shared: null, hidden: 'too-few', atMost: null });
    expect(overlap?.uniquesA).toBeGreaterThan(2900);
  });

  it('leaves out the days that were ruled out', async () => {
    for (const node of members.slice(0, 2)) await node.visit(...people(0, 3000));
    await rounds();
    expect((await between(0, 1))?.shared).not.toBeNull();
    const ruling = { origin: members[1]!.nodeId, day: '2026-11-22', verdict: 'hold' as const };
    await hub.federation.rule(ruling, { by: 'administrator', why: '' });
    expect(await between(0, 1)).toMatchObject({ uniquesB: null, hidden: 'too-few' });
  });
});
