import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS, dayOf, isoSeconds } from '../../src/clock/day.js';
import { openCard, signCard } from '../../src/protocol/card.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { changeKey } from '../../src/protocol/key-chain.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { signProof } from '../../src/protocol/proof.js';
import type { Report } from '../../src/protocol/report.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

let clock: ManualClock;
let network: MemoryNetwork;
beforeEach(() => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork();
});

async function rounds(nodes: readonly TestNode[], count = 3): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(120_000);
    for (const node of nodes) await node.round();
  }
}

async function mesh(names: readonly string[]): Promise<TestNode[]> {
  const nodes: TestNode[] = [];
  for (const name of names) {
    const peers = names.filter((other) => other !== name).map(addressOf);
    nodes.push(await TestNode.start(network, clock, { name, role: 'peer', peers }));
  }
  await nodes[0]!.keys.found('Mesh', false);
  for (const node of nodes.slice(1)) await node.join(nodes[0]!.keys.line(true));
  await rounds(nodes);
  return nodes;
}

/** Two reports of today under one seq that its key alone could sign. */
async function twoReports(liar: TestNode): Promise<[string, string]> {
  const slot = await liar.records.ledger.slot(liar.nodeId, dayOf(clock.nowMs()));
  const report: Report = { ...slot!.accepted.report, sketches: {} };
  const nowMs = clock.nowMs();
  const said = { ...report, seq: nowMs, issuedAt: isoSeconds(nowMs), hits: report.hits + 100 };
  return [1, 2].map((more) =>
    signEnvelope(
      'report',
      { ...said, uniques: more, windows: { '7d': more, '30d': more, all: more } },
      liar.key,
    ),
  ) as [string, string];
}

/** What the node's card would say under another key. */
function cardOf(node: TestNode, key: NodeKey): string {
  const { name, url, software, listed, counting } = openCard(node.federation.ownCard());
  return signCard({ name, url, software, listed, counting, version: 99 }, key);
}

const statusOf = (node: TestNode, of: TestNode) => node.federation.membership.peer(of.nodeId)?.status;

const quarantineOf = ({ nodeId }: TestNode, why: string) => ({
  ...{ by: 'node', action: 'quarantine', subject: { node: nodeId }, why },
});

describe('an origin that says two things under one number', () => {
  it('is in quarantine wherever it is known, although each node heard only one of them', async () => {
    const [berlin, lisbon, oslo, liar] = (await mesh(['berlin', 'lisbon', 'oslo', 'liar'])) as [
      TestNode,
      TestNode,
      TestNode,
      TestNode,
    ];
    await berlin.visit('10.0.0.1');
    await liar.visit('10.0.0.2');
    await rounds([berlin, lisbon, oslo, liar]);
    expect(oslo.estimate('1d')).toBe(2);
    clock.advance(120_000);
    const [first, second] = await twoReports(liar);
    await berlin.federation.receive({ reports: [first], sketches: {} }, liar.nodeId);
    await lisbon.federation.receive({ reports: [second], sketches: {} }, liar.nodeId);
    expect([berlin, lisbon, oslo].map((node) => statusOf(node, liar))).toEqual([
      'active',
      'active',
      'active',
    ]);
    await rounds([berlin, lisbon, oslo], 2);
    expect([berlin, lisbon, oslo].map((node) => statusOf(node, liar))).toEqual(
      Array.from({ length: 3 }, () => 'quarantined'),
    );
    for (const node of [berlin, lisbon, oslo]) {
      expect(node.estimate('1d')).toBe(1);
      expect(await node.records.audit.newest(10)).toMatchObject([quarantineOf(liar, 'equivocation')]);
    }
  });

  it('spreads as a proof to nodes that saw neither report, and stays let in where a person says so', async () => {
    const [berlin, lisbon, liar] = (await mesh(['berlin', 'lisbon', 'liar'])) as [
      TestNode,
      TestNode,
      TestNode,
    ];
    await liar.visit('10.0.0.2');
    await rounds([berlin, lisbon, liar]);
    clock.advance(120_000);
    const [first, second] = await twoReports(liar);
    await berlin.federation.receive({ reports: [first], sketches: {} }, null);
    const [refused] = await berlin.federation.receive({ reports: [second], sketches: {} }, null);
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'equivocation' });
    network.nodes.delete(addressOf('liar').url);
    await rounds([lisbon], 1);
    expect(statusOf(lisbon, liar)).toBe('quarantined');
    await lisbon.restart(network);
    expect(statusOf(lisbon, liar)).toBe('quarantined');
    await lisbon.federation.approve(liar.nodeId, { trusted: true });
    await rounds([berlin, lisbon]);
    expect([statusOf(berlin, liar), statusOf(lisbon, liar)]).toEqual(['quarantined', 'active']);
  });

  it('is told so when it calls', async () => {
    const [berlin, liar] = (await mesh(['berlin', 'liar'])) as [TestNode, TestNode];
    await liar.visit('10.0.0.2');
    await rounds([berlin, liar]);
    clock.advance(120_000);
    for (const report of await twoReports(liar))
      await berlin.federation.receive({ reports: [report], sketches: {} }, null);
    await rounds([liar], 1);
    expect(liar.federation.exchanges[0]?.lastError).toContain('quarantined');
  });

  it('is not accused by what proves nothing', async () => {
    const [berlin, lisbon, liar] = (await mesh(['berlin', 'lisbon', 'liar'])) as [
      TestNode,
      TestNode,
      TestNode,
    ];
    await liar.visit('10.0.0.2');
    await rounds([berlin, lisbon, liar]);
    clock.advance(120_000);
    const [first, second] = await twoReports(liar);
    const forged = signEnvelope('report', { origin: liar.nodeId }, lisbon.key);
    const slot = await liar.records.ledger.slot(liar.nodeId, dayOf(clock.nowMs()));
    const earlier = slot!.accepted.envelope;
    const origin = liar.nodeId;
    const by = (reports: [string, string], key = lisbon.key) => signProof({ origin, reports }, key);
    const proofs = [
      by([first, first]),
      by([first, earlier]),
      by([first, forged]),
      by([first, second], NodeKey.generate()),
      signProof({ origin: lisbon.nodeId, reports: [first, second] }, lisbon.key),
      signEnvelope('proof', { v: 1, by: berlin.nodeId, origin, reports: [first, second] }, lisbon.key),
      signEnvelope('proof', { v: 1, origin }, lisbon.key),
      signEnvelope('total', {}, lisbon.key),
      'no envelope',
    ];
    berlin.federation.refused.clear();
    const body = Buffer.from(JSON.stringify({ known: [], proofs }));
    await berlin.federation.answers.proofs(lisbon.nodeId, body);
    expect(statusOf(berlin, liar)).toBe('active');
    expect(Object.fromEntries(berlin.federation.refused)).toEqual({
      'not-a-contradiction': 3,
      'other-kind': 1,
      'unknown-key': 1,
      'bad-schema': 2,
      'not-its-own-key': 1,
      'not-an-envelope': 1,
    });
    await berlin.federation.answers.proofs(
      lisbon.nodeId,
      Buffer.from(JSON.stringify({ known: [], proofs: [by([first, second])] })),
    );
    expect(statusOf(berlin, liar)).toBe('quarantined');
  });
});

describe('a node with a new key', () => {
  it('goes on under its name: its old reports still count, and its new ones are taken', async () => {
    const [berlin, lisbon] = (await mesh(['berlin', 'lisbon'])) as [TestNode, TestNode];
    await lisbon.visit('10.0.0.1', '10.0.0.2');
    await rounds([berlin, lisbon]);
    lisbon.key = changeKey(lisbon.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    await lisbon.restart(network);
    await lisbon.visit('10.0.0.3');
    await rounds([lisbon, berlin]);
    expect(lisbon.federation.exchanges[0]?.state).toBe('in step');
    expect(berlin.federation.exchanges[0]?.state).toBe('in step');
    expect(berlin.estimate('1d')).toBe(3);
    expect(berlin.federation.membership.peers()).toHaveLength(1);
  });

  it('is heard of by one that it does not call itself, with the first report under the new key', async () => {
    const lisbon = await TestNode.start(network, clock, { name: 'lisbon', role: 'peer' });
    const berlin = await TestNode.start(network, clock, {
      ...{ name: 'berlin', role: 'peer', peers: [addressOf('lisbon')] },
    });
    await lisbon.keys.found('Mesh', false);
    await berlin.join(lisbon.keys.line(true));
    await rounds([berlin, lisbon], 1);
    await lisbon.federation.approve(berlin.nodeId, { trusted: true });
    await rounds([berlin, lisbon]);
    lisbon.key = changeKey(lisbon.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    await lisbon.restart(network);
    await lisbon.visit('10.0.0.1');
    await rounds([lisbon, berlin]);
    expect(berlin.estimate('1d')).toBe(1);
  });

  it('signs its days again when the old one was stolen, and the thief is refused', async () => {
    const [berlin, lisbon] = (await mesh(['berlin', 'lisbon'])) as [TestNode, TestNode];
    await lisbon.visit('10.0.0.1', '10.0.0.2');
    await rounds([berlin, lisbon]);
    const stolen = lisbon.key;
    const day = dayOf(clock.nowMs());
    lisbon.key = changeKey(stolen, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: true });
    await lisbon.restart(network);
    await rounds([lisbon, berlin]);
    const slot = await berlin.records.ledger.slot(lisbon.nodeId, day);
    expect(slot?.counted?.envelope).toContain(lisbon.key.keyId);
    expect(berlin.estimate('1d')).toBe(2);
    clock.advance(120_000);
    const report = { ...slot!.accepted.report, seq: clock.nowMs(), issuedAt: isoSeconds(clock.nowMs()) };
    const [outcome] = await berlin.federation.receive(
      { reports: [signEnvelope('report', report, stolen)], sketches: {} },
      null,
    );
    expect(outcome).toEqual({ outcome: 'refused', reason: 'key-retired' });
    const ofThief = changeKey(stolen, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: true });
    const envelope = cardOf(lisbon, ofThief);
    await expect(berlin.federation.requestToJoin(openCard(envelope), envelope)).rejects.toThrow('known here');
    expect(statusOf(berlin, lisbon)).toBe('active');
  });

  it('also signs again what is of tomorrow for its clock, which is behind when it starts', async () => {
    const [berlin, lisbon] = (await mesh(['berlin', 'lisbon'])) as [TestNode, TestNode];
    await lisbon.visit('10.0.0.1', '10.0.0.2');
    await rounds([berlin, lisbon]);
    const day = dayOf(clock.nowMs());
    clock.advance(-DAY_MS);
    lisbon.key = changeKey(lisbon.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: true });
    await lisbon.restart(network);
    clock.advance(DAY_MS);
    await rounds([lisbon, berlin]);
    const slot = await berlin.records.ledger.slot(lisbon.nodeId, day);
    expect(slot?.counted?.envelope).toContain(lisbon.key.keyId);
  });

  it('is in quarantine when it goes on under two, until a person has looked', async () => {
    const [berlin, lisbon] = (await mesh(['berlin', 'lisbon'])) as [TestNode, TestNode];
    await lisbon.visit('10.0.0.1');
    await rounds([berlin, lisbon]);
    const before = lisbon.key;
    lisbon.key = changeKey(before, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    await lisbon.restart(network);
    await rounds([lisbon, berlin]);
    const other = changeKey(before, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    const envelope = cardOf(lisbon, other);
    const ask = () => berlin.federation.requestToJoin(openCard(envelope), envelope);
    await expect(ask()).rejects.toThrow('Another change of the key');
    expect(statusOf(berlin, lisbon)).toBe('quarantined');
    expect(berlin.federation.membership.peer(lisbon.nodeId)?.opened.publicKey).toEqual(lisbon.key.publicKey);
    await berlin.federation.approve(lisbon.nodeId, { trusted: true });
    await expect(ask()).rejects.toThrow('Another change of the key');
    expect(statusOf(berlin, lisbon)).toBe('active');
    expect(await berlin.records.audit.newest(10)).toMatchObject([quarantineOf(lisbon, 'forked-key-chain')]);
  });

  it('is still the hub of its members, who learn of the key from its card', async () => {
    const hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
    const member = await TestNode.start(network, clock, { name: 'm', role: 'member', hub: addressOf('hub') });
    await member.keys.found('Test', false);
    const line = member.keys.line(true);
    await hub.join({ ...line, chain: { ...line.chain, key: null } });
    await rounds([member], 1);
    await hub.federation.approve(member.nodeId, { trusted: true });
    await member.visit('10.0.0.1');
    await rounds([member, hub]);
    hub.key = changeKey(hub.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    await hub.restart(network);
    await member.visit('10.0.0.2');
    await rounds([member, hub], 4);
    expect(member.federation.exchanges[0]).toMatchObject({ state: 'in step', lastError: null });
    expect(member.estimate('1d')).toBe(2);
  });

  it('is not set back by an old card of its own', async () => {
    const [berlin, lisbon] = (await mesh(['berlin', 'lisbon'])) as [TestNode, TestNode];
    const old = lisbon.federation.ownCard();
    lisbon.key = changeKey(lisbon.key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    await lisbon.restart(network);
    await rounds([lisbon, berlin]);
    await berlin.federation.requestToJoin(openCard(old), old);
    expect(berlin.federation.membership.peer(lisbon.nodeId)?.opened.publicKey).toEqual(lisbon.key.publicKey);
  });
});
