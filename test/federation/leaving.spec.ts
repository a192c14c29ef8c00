import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

let clock: ManualClock;
let network: MemoryNetwork;
let hub: TestNode;
let stays: TestNode;
let leaves: TestNode;
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork();
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  stays = await TestNode.start(network, clock, { name: 'stays', role: 'member', hub: addressOf('hub') });
  leaves = await TestNode.start(network, clock, { name: 'leaves', role: 'member', hub: addressOf('hub') });
  await stays.keys.found('Test', false);
  const line = stays.keys.line(true);
  await leaves.join(line);
  await hub.join({ ...line, chain: { ...line.chain, key: null } });
  await rounds([stays, leaves], 1);
  for (const node of [stays, leaves]) await hub.federation.approve(node.nodeId, { trusted: true });
  await stays.visit('10.0.0.1');
  await leaves.visit('10.0.0.1', '10.0.0.2');
  await rounds([stays, leaves, hub]);
});

async function rounds(nodes: readonly TestNode[], count = 3): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(120_000);
    for (const node of nodes) await node.round();
  }
}

describe('a node that leaves', () => {
  it('takes its days out of the total, is in the audit log, and asks nobody any more, also after a restart', async () => {
    expect(hub.estimate('1d')).toBe(2);
    expect(await leaves.federation.leave()).toEqual([]);
    await rounds([hub], 1);
    expect(hub.estimate('1d')).toBe(1);
    expect((await hub.records.audit.newest(1))[0]).toMatchObject({ action: 'leave', by: leaves.nodeId });
    await leaves.restart(network);
    const asked = network.requests.length;
    await rounds([leaves]);
    expect(network.requests).toHaveLength(asked);
  });

  it('says who could not be told', async () => {
    network.weather = () => 'is lost';
    expect(await leaves.federation.leave()).toEqual([addressOf('hub').url]);
    network.weather = () => 'arrives';
    await rounds([stays, leaves, hub]);
    expect(hub.estimate('1d')).toBe(2);
  });

  it('may come back, and counts when it is let in again', async () => {
    await leaves.federation.leave();
    await leaves.restart(network);
    await leaves.federation.comeBack();
    await rounds([leaves], 1);
    expect(leaves.federation.exchanges[0]?.lastError).toContain('removed');
    await hub.federation.approve(leaves.nodeId, { trusted: true });
    await rounds([leaves, hub]);
    expect(hub.estimate('1d')).toBe(2);
  });
});
