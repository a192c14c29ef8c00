import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS, dayOf } from '../../src/clock/day.js';
import { openCard } from '../../src/protocol/card.js';
import { changeKey } from '../../src/protocol/key-chain.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { addressOf, MemoryNetwork, type NodeOptions, TestNode } from './core-network.js';

let clock: ManualClock;
let network: MemoryNetwork;
let hub: TestNode;
let member: TestNode;
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork();
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  member = await TestNode.start(network, clock, { name: 'm', role: 'member', hub: addressOf('hub') });
  await member.keys.found('Test', false);
  await hub.join(member.keys.line(false));
  await member.round();
  await hub.federation.approve(member.nodeId, { trusted: true });
});

async function rounds(nodes: readonly TestNode[] = [member, hub], count = 1): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(15 * 60_000);
    for (const node of nodes) await node.round();
  }
}

/** The same key and keyring on stores as they were at a former time, here: before anything was counted. */
function restored(name = 'm'): Promise<TestNode> {
  return TestNode.restore(network, clock, { name, role: 'member', hub: addressOf('hub') }, member);
}

const peer = (name: string, other: string): NodeOptions => ({
  name,
  role: 'peer',
  peers: [addressOf(other)],
});

async function mesh(): Promise<{ lisbon: TestNode; oslo: TestNode }> {
  const lisbon = await TestNode.start(network, clock, peer('lisbon', 'oslo'));
  const oslo = await TestNode.start(network, clock, peer('oslo', 'lisbon'));
  await lisbon.keys.found('Mesh', false);
  await oslo.join(lisbon.keys.line(true));
  return { lisbon, oslo };
}

const heldByHub = async () =>
  (await hub.records.ledger.slot(member.nodeId, dayOf(clock.nowMs())))?.accepted.report;

describe('a node that was restored from an old backup', () => {
  it('takes back what the hub holds of it before it issues anything, and counts on from there', async () => {
    await member.visit('10.0.0.1', '10.0.0.2');
    await rounds();
    clock.advance(DAY_MS);
    await member.visit('10.0.0.2', '10.0.0.3', '10.0.0.4');
    await rounds();
    const node = await restored();
    await node.visit('10.0.0.5');
    await rounds([node, hub], 2);
    expect(await heldByHub()).toMatchObject({ hits: 3, uniques: 4, windows: { '7d': 5 } });
    await node.visit('10.0.0.1');
    await rounds([node, hub], 2);
    expect(await heldByHub()).toMatchObject({ hits: 4, uniques: 5, windows: { '7d': 5 } });
    expect(hub.total().windows['7d'].uniques.estimate).toBe(5);
    expect(node.federation.own.clone).toBeNull();
  });

  it('also takes back what it learns of only after it has issued, when the hub was away at first', async () => {
    await member.visit('10.0.0.1', '10.0.0.2');
    await rounds();
    const node = await restored();
    await node.visit('10.0.0.3');
    network.weather = () => 'is lost';
    await rounds([node]);
    network.weather = () => 'arrives';
    await rounds([node, hub], 2);
    expect(await heldByHub()).toMatchObject({ uniques: 3 });
    expect(node.federation.own.clone).toBeNull();
  });

  it('also takes back what its former key signed after the time of the change, as its clock was behind then', async () => {
    await member.visit('10.0.0.1', '10.0.0.2');
    await rounds();
    const node = await restored();
    const nowMs = clock.nowMs() - DAY_MS;
    node.key = changeKey(node.key, NodeKey.generate(), { nowMs, stolen: false });
    await node.restart(network);
    await node.visit('10.0.0.3');
    await rounds([node, hub], 3);
    expect(await heldByHub()).toMatchObject({ uniques: 3 });
    expect(hub.estimate('1d')).toBe(3);
  });

  it('takes nothing back that a stolen key signed', async () => {
    await member.visit('10.0.0.1', '10.0.0.2');
    await rounds();
    const node = await restored();
    node.key = changeKey(node.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: true });
    await node.restart(network);
    await node.visit('10.0.0.3');
    await rounds([node, hub], 3);
    expect(await heldByHub()).toMatchObject({ uniques: 1 });
  });

  it('also takes back what a peer counts behind the lower report that it fetched before we could call it', async () => {
    const { lisbon, oslo } = await mesh();
    await lisbon.visit('10.0.0.1', '10.0.0.2', '10.0.0.3');
    await rounds([lisbon, oslo], 3);
    expect(oslo.estimate('1d')).toBe(3);
    const node = await TestNode.restore(network, clock, peer('lisbon', 'oslo'), lisbon);
    network.nodes.set(addressOf('lisbon').url, node);
    const card = oslo.federation.ownCard();
    await node.federation.requestToJoin(openCard(card), card);
    await node.federation.approve(oslo.nodeId, { trusted: true });
    network.weather = (from) => (from === addressOf('lisbon').url ? 'is lost' : 'arrives');
    await node.visit('10.0.0.4');
    await rounds([node, oslo], 2);
    const today = dayOf(clock.nowMs());
    const heldByOslo = () => oslo.records.ledger.slot(lisbon.nodeId, today);
    expect((await heldByOslo())!.accepted.reportId).not.toBe((await heldByOslo())!.counted!.reportId);
    network.weather = () => 'arrives';
    await rounds([node, oslo], 3);
    expect((await heldByOslo())!.counted!.report.uniques).toBe(4);
    expect(oslo.estimate('1d')).toBe(4);
  });

  it('also takes back what it took for a copy’s, since its clock was behind, once a person has looked', async () => {
    const { lisbon, oslo } = await mesh();
    await lisbon.visit('10.0.0.1', '10.0.0.2', '10.0.0.3');
    await rounds([lisbon, oslo], 3);
    clock.advance(-DAY_MS);
    const node = await TestNode.restore(network, clock, peer('lisbon', 'oslo'), lisbon);
    network.nodes.set(addressOf('lisbon').url, node);
    clock.advance(DAY_MS);
    await rounds([node, oslo], 2);
    expect(node.federation.own.clone).not.toBeNull();
    await node.federation.own.resume();
    await node.visit('10.0.0.4');
    clock.advance(120_000);
    await node.federation.own.issue();
    await rounds([oslo]);
    const heldByOslo = () => oslo.records.ledger.slot(lisbon.nodeId, dayOf(clock.nowMs()));
    expect((await heldByOslo())!.counted!.report.uniques).toBe(3);
    await rounds([node, oslo], 2);
    expect((await heldByOslo())!.counted!.report.uniques).toBe(4);
  });

  it('takes nothing for a copy’s of a day that nobody asked it for', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    const { envelope } = (await member.records.ledger.slot(member.nodeId, '2026-11-22'))!.accepted;
    const own = member.federation.own;
    for (let day = 0; day < 63; day++) {
      clock.advance(DAY_MS);
      await own.issue();
    }
    expect(await own.takeBack({ reports: [envelope], sketches: {} }, 'http://hub.test')).toEqual([
      { outcome: 'refused', reason: 'day-out-of-range' },
    ]);
    clock.advance(-DAY_MS);
    const [back] = await own.takeBack({ reports: [envelope], sketches: {} }, 'http://hub.test');
    expect(back).not.toMatchObject({ reason: 'equivocation' });
    expect(own.clone).toBeNull();
  });

  it('is known by its new name, although it forgot how often its card had changed', async () => {
    const named = (name: string) => ({ ports: { self: { ...self, name } } });
    const software = { name: 'headcount', version: '0' };
    const self = { url: addressOf('m').url, software, listed: true, counting: true };
    const options = { name: 'm', role: 'member', hub: addressOf('hub') } as const;
    for (const name of ['second', 'third', 'fourth']) {
      clock.advance(60_000);
      Object.assign(member.options, named(name));
      await member.restart(network);
      await rounds();
    }
    expect(hub.federation.membership.peer(member.nodeId)?.opened.name).toBe('fourth');
    const node = await TestNode.restore(network, clock, { ...options, ...named('restored') }, member);
    await rounds([node, hub]);
    expect(hub.federation.membership.peer(member.nodeId)?.opened.name).toBe('restored');
  });

  it('asks a hub once after a start for all that it holds of it, and later for nothing but its root', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    await member.restart(network);
    const before = network.requests.length;
    await rounds([member]);
    const calls = network.requests.slice(before).map(({ url }) => url.split('/').at(-1));
    const seldom = ['charter', 'roster', 'keying'];
    const digests = ['digest', 'digest', 'digest'];
    expect(calls).toEqual(['headcount', 'join', ...digests, member.nodeId, 'digest', ...seldom, 'total']);
    const asked = network.requests.length;
    await rounds([member]);
    const later = network.requests.slice(asked).map(({ url }) => url.split('/').at(-1));
    expect(later).toEqual([member.nodeId, 'digest', ...seldom, 'total']);
  });
});

describe('a copy that runs beside its original', () => {
  it('is noticed by both, which stop issuing until a person says that it is gone', async () => {
    await member.visit('10.0.0.1');
    await rounds([member, hub], 3);
    const copy = await restored();
    await rounds([copy, hub], 2);
    for (let round = 0; round < 3; round++) {
      await member.visit(`10.1.0.${round}`);
      await rounds([member, hub]);
      await copy.visit(`10.2.0.${round}`);
      await rounds([copy, hub]);
    }
    expect(member.federation.own.clone).toMatchObject({ day: '2026-11-22', seenAt: expect.any(String) });
    expect(copy.federation.own.clone).not.toBeNull();
    const standing = await heldByHub();
    await member.visit('10.3.0.1');
    await member.restart(network);
    await rounds([member, copy, hub], 2);
    expect(await heldByHub()).toEqual(standing);
    await member.federation.own.resume();
    await rounds([member, hub], 2);
    expect((await heldByHub())?.hits).toBeGreaterThan(standing!.hits);
    expect(member.federation.own.clone).toBeNull();
  });

  it('is noticed also where both report at the same moments, so that the hub takes the first one’s only', async () => {
    await member.visit('10.0.0.1');
    await rounds([member, hub]);
    const copy = await restored();
    for (let round = 0; round < 4; round++) {
      clock.advance(15 * 60_000);
      for (const [index, node] of [copy, member].entries()) {
        await node.visit(`10.${index}.0.${round}`);
        clock.advance(100);
        await node.round();
      }
    }
    expect(member.federation.own.clone).not.toBeNull();
  });
});

describe('a day that a copy has closed', () => {
  it('is issued anew under a higher number once the copy is gone, although nothing more has happened', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    const copy = await restored();
    clock.advance(DAY_MS);
    await member.federation.own.issue();
    clock.advance(60_000);
    await rounds([copy, hub], 2);
    await rounds([member, hub], 1);
    await member.federation.own.resume();
    await rounds([member, hub], 3);
    const { accepted } = (await member.records.ledger.slot(member.nodeId, '2026-11-22'))!;
    expect((await hub.records.ledger.slot(member.nodeId, '2026-11-22'))?.accepted.reportId).toBe(
      accepted.reportId,
    );
    expect(member.federation.exchanges[0]).toMatchObject({ lastError: null });
  });
});

describe('a node whose clock was a day ahead', () => {
  it('issues anew what it signed meanwhile, once its clock is right: nobody has taken it', async () => {
    await rounds();
    clock.advance(DAY_MS / 2);
    const [yesterday, today] = ['2026-11-22', '2026-11-23'];
    await member.visit('10.0.0.1');
    clock.advance(DAY_MS);
    // Signs and closes the day as it sees it, and nobody is there.
    await member.federation.own.issue();
    clock.advance(-DAY_MS);
    expect((await member.records.ledger.slot(member.nodeId, today))?.accepted.report.closed).toBe(true);
    await rounds([member, hub], 2);
    for (const day of [yesterday, today]) {
      const own = (await member.records.ledger.slot(member.nodeId, day))!.accepted;
      expect((await hub.records.ledger.slot(member.nodeId, day))?.counted?.reportId).toBe(own.reportId);
    }
    expect(member.federation.exchanges[0]).toMatchObject({ state: 'in step', lastError: null });
    expect(hub.estimate('1d')).toBe(1);
  });
});
