import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, dayStartMs, HOUR_MS } from '../../src/clock/day.js';
import { epochOf, firstDayOfEpoch } from '../../src/identity/epoch-calendar.js';
import { nextEpochKey } from '../../src/identity/epoch-key.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';
import {
  chainOfNode,
  days,
  hubFederation,
  type KeyedFederation,
  keysOf,
  rounds,
  START,
} from './keyed-federation.js';

async function mesh(...names: string[]): Promise<KeyedFederation> {
  const clock = new ManualClock(dayStartMs(START) + 12 * HOUR_MS);
  const network = new MemoryNetwork();
  const nodes: TestNode[] = [];
  for (const name of names) {
    const peers = names.filter((other) => other !== name).map(addressOf);
    nodes.push(await TestNode.start(network, clock, { name, role: 'peer', peers }));
  }
  await nodes[0]!.keys.found('Test', false);
  for (const node of nodes.slice(1)) await node.join(nodes[0]!.keys.line(true));
  const { calendar } = nodes[0]!.keys.current.current;
  const epoch = epochOf(calendar, START);
  return { clock, network, nodes, turn: firstDayOfEpoch(calendar, epoch + 1) };
}

describe('fresh entropy in a mesh', () => {
  it('is made by one member and gives all of them the same next key, under another name', async () => {
    const federation = await mesh('a', 'b', 'c');
    const { nodes, turn } = federation;
    await days(federation, addDays(turn, -11), addDays(turn, -3));
    const links = nodes.map((node) => chainOfNode(node).links);
    expect(links[0]).toHaveLength(1);
    expect(links[1]).toEqual(links[0]);
    expect(links[2]).toEqual(links[0]);
    await days(federation, addDays(turn, -2), addDays(turn, 3));
    for (const node of nodes) expect(keysOf(node)).toEqual(keysOf(nodes[0]!));
    expect(chainOfNode(nodes[0]!).keys.size).toBe(2);
    for (const node of nodes) {
      expect(chainOfNode(node).links).toMatchObject([{ fresh: null }]);
      expect(node.federation.keyings.alarms()).toEqual([]);
    }
  });
});

describe('fresh entropy through a blind hub', () => {
  it('reaches every endorsed member, and the hub, which only learns the name of the key, merges under it', async () => {
    const federation = await hubFederation('one', 'two');
    const { hub, members, turn, nodes } = federation;
    await days(federation, addDays(turn, -6), addDays(turn, -3));
    await days(federation, addDays(turn, -1), addDays(turn, 1));
    for (const member of members) expect(keysOf(member)).toEqual(keysOf(members[0]!));
    const [link] = chainOfNode(members[0]!).links;
    expect(chainOfNode(hub).links).toEqual([link]);
    expect(chainOfNode(hub).keys.size).toBe(0);
    for (const node of nodes) expect(node.federation.keyings.alarms()).toEqual([]);
    const next = addDays(turn, 30);
    await days(federation, addDays(next, -1), addDays(next, 1), async () => {
      for (const member of members) await member.visit('10.0.0.1');
    });
    expect(hub.keys.keyOfWindow(next)).toBe(`${link!.name}.${link!.epoch}`);
    expect(hub.total().windows['7d'].uniques).toMatchObject({ estimate: 1, dedup: 'full' });
    // The key has another name than the ones before: nobody's is taken for a false one.
    expect(hub.federation.knownState().otherKeys).toEqual([]);
  });

  it('leaves a removed member behind: what it holds does not lead to the next key', async () => {
    const federation = await hubFederation('one', 'two');
    const { hub, members, turn, clock } = federation;
    const [founder, one, two] = members as [TestNode, TestNode, TestNode];
    await days(federation, addDays(turn, -11), addDays(turn, -11));
    await hub.federation.remove(two.nodeId);
    const held = keysOf(two);
    await days(federation, addDays(turn, -6), addDays(turn, -3));
    await days(federation, addDays(turn, -1), addDays(turn, 1));
    const epoch = Math.max(...chainOfNode(founder).keys.keys());
    expect(keysOf(one)).toEqual(keysOf(founder));
    expect(chainOfNode(founder).links.map((link) => link.epoch)).toEqual([epoch]);
    // It still holds the key of this epoch, from which the next would follow without the entropy.
    expect(held.some((key) => keysOf(founder).includes(key))).toBe(true);
    clock.advance(11 * 60_000);
    await two.keys.turn(true);
    expect(chainOfNode(two).keys.has(epoch)).toBe(false);
    const place = {
      federation: founder.keys.current.current.federation,
      chain: chainOfNode(two).name,
      epoch,
    };
    const guess = nextEpochKey(chainOfNode(two).keys.get(epoch - 1)!, place);
    expect(keysOf(founder)).not.toContain(`${epoch} ${Buffer.from(guess).toString('hex')}`);
    const sealed = hub.federation.keyings.shownTo(two.nodeId, { all: false });
    expect(sealed.seals).toEqual({});
  });

  it('is not made while somebody on the roster would be left behind, until a person decides', async () => {
    const federation = await hubFederation('one');
    const { network, clock, hub, founder, turn, nodes } = federation;
    const lines = await TestNode.start(network, clock, {
      name: 'line',
      role: 'member',
      hub: addressOf('hub'),
    });
    await lines.join(founder.keys.line(true, founder.nodeId));
    await rounds([lines], clock);
    await hub.federation.approve(lines.nodeId, { trusted: true });
    await rounds([lines, ...nodes], clock);
    const all = { ...federation, nodes: [lines, ...nodes] };
    await days(all, addDays(turn, -5), addDays(turn, -4));
    expect(chainOfNode(founder).links).toEqual([]);
    expect(founder.federation.keyings.alarms()).toEqual([
      { alarm: 'not-endorsed', node: lines.nodeId, epoch: null },
    ]);
    await founder.federation.keys.withhold(lines.nodeId);
    await rounds(nodes, clock);
    expect(chainOfNode(founder).links).toHaveLength(1);
    await days(all, addDays(turn, -1), addDays(turn, 1));
    expect(chainOfNode(founder).keys.size).toBe(3);
    expect(chainOfNode(lines).keys.size).toBe(2);
    expect(lines.federation.keyings.alarms()).toContainEqual(
      expect.objectContaining({ alarm: 'entropy-missing' }),
    );
  });
});
