import { describe, expect, it } from '@jest/globals';
import { addDays, dayOf } from '../../src/clock/day.js';
import { addressOf, TestNode } from './core-network.js';
import { chainOfNode, days, hubFederation, keysOf, rounds } from './keyed-federation.js';

describe('an emergency cut', () => {
  it('takes everybody who remains to new keys with the next day, and shows bounds until windows have passed it', async () => {
    const federation = await hubFederation('one', 'two');
    const { hub, members, clock } = federation;
    const [founder, one, two] = members as [TestNode, TestNode, TestNode];
    const visitAll = async () => {
      for (const member of [founder, one]) await member.visit('10.0.0.1', '10.0.0.2');
    };
    const today = dayOf(clock.nowMs());
    await days(federation, today, today, visitAll);
    await hub.federation.remove(two.nodeId);
    await rounds(federation.nodes, clock);
    const old = chainOfNode(founder).name;
    expect(await founder.federation.cut('a line leaked')).toEqual({
      from: addDays(today, 1),
      reaches: [one.nodeId],
      leftBehind: [],
    });
    await rounds(federation.nodes, clock, 3);
    expect(chainOfNode(founder).name).toBe(old);
    await days(federation, addDays(today, 1), addDays(today, 2), visitAll);
    expect(chainOfNode(founder).name).not.toBe(old);
    expect(keysOf(one)).toEqual(keysOf(founder));
    expect(chainOfNode(hub)).toMatchObject({ name: chainOfNode(founder).name, keys: new Map() });
    expect(chainOfNode(two).name).toBe(old);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ estimate: 2, dedup: 'full' });
    expect(hub.total().windows['7d'].uniques).toMatchObject({ low: 2, high: 4, dedup: 'bounded' });
    expect(hub.total().history.map(({ uniques }) => uniques.dedup)).toEqual(['full', 'full', 'full']);
    await days(federation, addDays(today, 8), addDays(today, 8), visitAll);
    expect(hub.total().windows['7d'].uniques).toMatchObject({ estimate: 2, dedup: 'full' });
    expect(await hub.federation.cut('a hub without a key')).toBe('no-key');
  });

  it('is made once: another one on the same day would contradict it, and be followed by nobody', async () => {
    const federation = await hubFederation('one');
    const { founder, members, nodes, clock } = federation;
    const [, one] = members as [TestNode, TestNode];
    const today = dayOf(clock.nowMs());
    await founder.federation.cut('a line leaked');
    expect(await founder.federation.cut('impatience')).toBe('under-way');
    await rounds(nodes, clock, 3);
    expect(await one.federation.cut('me too')).toBe('under-way');
    await days(federation, addDays(today, 1), addDays(today, 1));
    expect(keysOf(one)).toEqual(keysOf(founder));
    for (const node of nodes) expect(node.federation.keyings.alarms()).toEqual([]);
    const once = chainOfNode(founder).name;
    expect(await one.federation.cut('again, another day')).toMatchObject({ reaches: [founder.nodeId] });
    await rounds(nodes, clock, 3);
    await days(federation, addDays(today, 2), addDays(today, 2));
    expect(chainOfNode(founder).name).not.toBe(once);
    expect(keysOf(one)).toEqual(keysOf(founder));
  });

  it('names whom nobody endorsed, who counts with the others again once it is given the line', async () => {
    const federation = await hubFederation('one');
    const { hub, founder, network, clock, members } = federation;
    const options = { name: 'handed', role: 'member' as const, hub: addressOf('hub') };
    const handed = await TestNode.start(network, clock, options);
    await handed.join(founder.keys.line(true, founder.nodeId));
    await rounds([handed], clock);
    await hub.federation.approve(handed.nodeId, { trusted: true });
    const all = { ...federation, nodes: [handed, ...federation.nodes] };
    const today = dayOf(clock.nowMs());
    const visitAll = async () => {
      for (const node of [...members, handed]) await node.visit('10.0.0.1');
    };
    await visitAll();
    await rounds(all.nodes, clock);
    expect(await founder.federation.cut('a line leaked')).toMatchObject({ leftBehind: [handed.nodeId] });
    await rounds(all.nodes, clock, 3);
    await days(all, addDays(today, 1), addDays(today, 1), visitAll);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ low: 1, high: 2 });
    expect(hub.federation.knownState().otherKeys).toEqual([handed.nodeId]);
    await handed.keys.join(founder.keys.line(true, founder.nodeId), true);
    await days(all, addDays(today, 2), addDays(today, 2), visitAll);
    expect(keysOf(handed)).toEqual(keysOf(founder));
    expect(hub.federation.knownState().otherKeys).toEqual([]);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ estimate: 1, dedup: 'full' });
  });

  it('of somebody whom nobody endorsed is followed by no member', async () => {
    const federation = await hubFederation('one');
    const { hub, founder, network, clock, nodes } = federation;
    const thief = await TestNode.start(network, clock, {
      name: 'thief',
      role: 'member',
      hub: addressOf('hub'),
    });
    await thief.join(founder.keys.line(true));
    await rounds([thief], clock);
    await hub.federation.approve(thief.nodeId, { trusted: true });
    await rounds([thief, ...nodes], clock);
    await thief.federation.cut('mine');
    await rounds([thief, ...nodes], clock, 3);
    for (const node of nodes) expect(node.keys.current.next).toBeNull();
    expect(thief.keys.current.next).not.toBeNull();
  });
});
