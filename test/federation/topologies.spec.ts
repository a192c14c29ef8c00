import { describe, expect, it } from '@jest/globals';
import { figures, hubWith, meshOf, rowOf, START_MS, uniques } from './federations.js';
import { MemoryNetwork } from './memory-network.js';

describe('a hub with two members', () => {
  it('counts a visitor of two instances once in all and once at each, and tells both members', async () => {
    const { network, hub, members } = await hubWith(['a', 'b']);
    for (const member of members) await member.visit('alice');
    await members[0]!.visit('bob');
    await network.settle();
    expect(uniques(hub)).toBe(2);
    expect(hub.total().windows['1d']).toMatchObject({ sum: 3, hits: 3, uniques: { dedup: 'full' } });
    expect(members.map((member) => rowOf(hub, member)?.windows['1d'].estimate)).toEqual([2, 1]);
    for (const member of members) expect(member.total()).toEqual(hub.total());
  });

  it('sees members in step and fresh', async () => {
    const { hub, members } = await hubWith(['a', 'b']);
    expect(hub.total().windows['1d'].instances).toEqual({ fresh: 2, stale: 0, held: 0, probation: 0 });
    for (const { core } of members) {
      expect(core.exchanges.map(({ state, lastError }) => [state, lastError])).toEqual([['in step', null]]);
    }
  });
});

describe('a mesh of three', () => {
  it('converges from the configuration alone, and all publish the same figures', async () => {
    const { network, nodes } = await meshOf(['a', 'b', 'c']);
    for (const node of nodes) await node.visit('alice');
    await nodes[2]!.visit('carol');
    await network.settle();
    expect(nodes.map((node) => uniques(node))).toEqual([2, 2, 2]);
    expect(figures(nodes[1]!)).toEqual(figures(nodes[0]!));
    expect(figures(nodes[2]!)).toEqual(figures(nodes[0]!));
    expect(nodes.map((node) => rowOf(nodes[0]!, node)?.windows['1d'].estimate)).toEqual([1, 1, 2]);
  });
});

describe('a stand-alone node', () => {
  it('never calls its transport, whatever it counts and issues', async () => {
    const network = new MemoryNetwork(START_MS);
    const alone = await network.node({ name: 'alone', role: 'standalone' });
    await alone.visit('alice');
    for (let day = 0; day < 3; day++) {
      await network.settle();
      network.nextDay();
    }
    expect(network.requests).toEqual([]);
    expect(await alone.records.ledger.slot(alone.nodeId, '2026-11-22')).not.toBeNull();
  });
});
