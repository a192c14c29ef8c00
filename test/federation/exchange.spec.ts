import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, dayOf, isoSeconds } from '../../src/clock/day.js';
import { packedSketches } from '../../src/federation/core/ledger-reader.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

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

async function rounds(count = 2): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(60_000);
    for (const node of [member, hub]) await node.round();
  }
}

const exchange = () => member.federation.exchanges[0]!;
const calls = (path: string) => network.requests.filter(({ url }) => url.endsWith(path)).length;

describe('an exchange', () => {
  it('gives each report once, and again only when it has changed', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    const pushes = calls('/reports');
    await rounds(5);
    expect(calls('/reports')).toBe(pushes);
    await member.visit('10.0.0.2');
    await rounds(3);
    expect(calls('/reports')).toBe(pushes + 1);
    exchange().forgetDeliveries();
    await rounds(1);
    expect(calls('/reports')).toBe(pushes + 2);
  });

  it('gives of a sketch what grew since the last report, and the whole one to a hub that lost that', async () => {
    const people = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `10.1.${(from + index) >> 8}.${(from + index) & 255}`);
    const lastPush = () => network.requests.findLast(({ url }) => url.endsWith('/reports'))!.body!.length;
    await member.visit(...people(0, 4000));
    await rounds(3);
    const whole = lastPush();
    await member.visit(...people(4000, 4100));
    await rounds();
    expect(hub.estimate('1d')).toBe(member.total().windows['1d'].uniques.estimate);
    expect(lastPush()).toBeLessThan(whole / 2);
    await hub.records.ledger.removeOrigin(member.nodeId);
    await hub.restart(network);
    await member.visit(...people(4100, 4200));
    const pushes = calls('/reports');
    await rounds(1);
    expect(exchange()).toMatchObject({ state: 'in step', lastError: null });
    expect(calls('/reports')).toBe(pushes + 2);
    expect(lastPush()).toBeGreaterThan(whole);
    const today = dayOf(clock.nowMs());
    const [theirs, ours] = await Promise.all(
      [hub, member].map(({ records }) => records.ledger.slot(member.nodeId, today)),
    );
    expect(theirs!.counted!.reportId).toBe(ours!.accepted.reportId);
  });

  it('gives whole sketches to a hub that does not say that it takes what grew', async () => {
    const deliver = network.deliver.bind(network);
    network.deliver = async (request) => {
      const answer = await deliver(request);
      if (!request.url.endsWith('/reports')) return answer;
      const { takesGrowth: _, ...known } = JSON.parse(Buffer.from(answer.body).toString());
      return { ...answer, body: Buffer.from(JSON.stringify(known)) };
    };
    for (let person = 0; person < 3; person++) {
      await member.visit(`10.0.0.${person}`);
      await rounds();
    }
    const pushed = network.requests.filter(({ url }) => url.endsWith('/reports'));
    const packed = pushed.flatMap(({ body }) =>
      Object.values(JSON.parse(Buffer.from(body!).toString()).sketches),
    );
    expect(packed.length).toBeGreaterThanOrEqual(3);
    for (const text of packed)
      expect(
        Buffer.from(text as string, 'base64')
          .subarray(0, 4)
          .toString(),
      ).toBe('HYLL');
  });

  it('gives what came too soon after the last report as soon as it may, although nothing more has happened', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    clock.advance(120_000);
    for (const person of ['10.0.0.2', '10.0.0.3']) {
      await member.visit(person);
      clock.advance(100);
      await member.round();
    }
    await hub.round();
    expect(hub.estimate('1d')).toBe(2);
    await rounds();
    expect(hub.estimate('1d')).toBe(3);
  });

  it('does not wait for a time that its clock had come to when it was ahead', async () => {
    network.weather = () => 'is lost';
    clock.advance(DAY_MS);
    await member.round();
    expect(exchange().state).toBe('failing');
    clock.advance(-DAY_MS);
    network.weather = () => 'arrives';
    await member.federation.round();
    expect(exchange().state).toBe('in step');
  });

  it('goes on with the other days and the total when one report is refused, and says which', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    // Somebody, or a copy of this node, has reported today under a higher number.
    const today = dayOf(clock.nowMs());
    const { accepted } = (await member.records.ledger.slot(member.nodeId, today))!;
    clock.advance(120_000);
    const issuedAt = isoSeconds(clock.nowMs());
    const seq = clock.nowMs() + 299_000;
    const clone = signEnvelope('report', { ...accepted.report, issuedAt, seq, hits: 77 }, member.key);
    expect(await hub.federation.receive({ reports: [clone], sketches: {} }, null)).toMatchObject([
      { outcome: 'accepted' },
    ]);
    await member.visit('10.0.0.2');
    await member.visit('10.0.0.3');
    const yesterday = addDays(today, -1);
    const sightings = member.keys.sightings('10.0.0.9', yesterday, null);
    await member.counts.record({ day: yesterday, hour: null, sightings });
    await rounds(1);
    expect(exchange()).toMatchObject({
      state: 'in step',
      lastError: `our report of ${today} was refused: seq-too-low`,
    });
    expect((await hub.records.ledger.slot(member.nodeId, yesterday))?.counted?.report.hits).toBe(1);
    expect(hub.federation.membership.peer(member.nodeId)?.status).toBe('active');
    expect(member.federation.membership.peer(hub.nodeId)?.lastError).toContain('seq-too-low');
    clock.advance(400_000);
    await member.visit('10.0.0.4');
    await rounds(2);
    expect(exchange()).toMatchObject({ state: 'in step', lastError: null });
    // Signed with its key so soon after its start, it is taken for one that this node has lost.
    expect(member.total().windows['1d'].hits).toBe(77);
  });

  it.each([
    [
      'signs a day anew of which the hub holds a newer report under its name, though nothing has changed',
      1,
      null,
    ],
    ['takes itself for a copy where that was issued long after its start', 20, 'http://hub.test'],
  ])('%s', async (_what, minutes, seenAt) => {
    await member.visit('10.0.0.1');
    await rounds();
    const today = dayOf(clock.nowMs());
    const { accepted } = (await member.records.ledger.slot(member.nodeId, today))!;
    clock.advance(minutes * 60_000);
    const given = { ...accepted.report, issuedAt: isoSeconds(clock.nowMs()), seq: clock.nowMs() };
    const other = signEnvelope('report', given, member.key);
    const sketches = await packedSketches(member.records.ledger, accepted);
    const [outcome] = await hub.federation.receive({ reports: [other], sketches }, null);
    expect(outcome).toMatchObject({ outcome: 'accepted' });
    await rounds(3);
    expect(member.federation.own.clone?.seenAt ?? null).toBe(seenAt);
    const [theirs, ours] = await Promise.all(
      [hub, member].map(({ records }) => records.ledger.slot(member.nodeId, today)),
    );
    expect(theirs!.accepted.reportId === ours!.accepted.reportId).toBe(seenAt === null);
  });

  it('goes on when the hub lists what it never signed', async () => {
    await member.visit('10.0.0.1');
    await rounds();
    clock.advance(20 * 60_000);
    const deliver = network.deliver.bind(network);
    const listed = [dayOf(clock.nowMs()), member.nodeId, clock.nowMs(), 'ab'.repeat(32)];
    network.deliver = async (request) => {
      const answer = await deliver(request);
      if (!request.url.endsWith('/digest')) return answer;
      const { ask } = JSON.parse(Buffer.from(request.body!).toString());
      const said = JSON.parse(Buffer.from(answer.body).toString());
      const lie: Record<string, object> = {
        root: { root: '0'.repeat(64) },
        days: { days: [[listed[0], '0'.repeat(32), 1]] },
        entries: { entries: [listed], rest: false },
      };
      return { ...answer, body: Buffer.from(JSON.stringify({ ...said, ...lie[ask] })) };
    };
    await rounds(3);
    expect(member.federation.own.clone).toBeNull();
    await member.visit('10.0.0.2');
    await rounds(2);
    expect(exchange()).toMatchObject({ state: 'in step', lastError: null });
    expect(
      (await hub.records.ledger.slot(member.nodeId, dayOf(clock.nowMs())))?.counted?.report.uniques,
    ).toBe(2);
  });

  it.each([
    ['replaced', (id: string) => ({ outcome: 'accepted', id, replaced: 'ab'.repeat(32) })],
    [
      'newest',
      (_: string, seq: number) => ({
        ...{ outcome: 'refused', reason: 'seq-too-low' },
        newest: { id: 'ab'.repeat(32), seq },
      }),
    ],
  ])('goes on when the hub names as %s what it never signed', async (_what, lieOf) => {
    await member.visit('10.0.0.1');
    await rounds();
    clock.advance(20 * 60_000);
    const deliver = network.deliver.bind(network);
    let lies = 0;
    network.deliver = async (request) => {
      const answer = await deliver(request);
      if (!request.url.endsWith('/reports')) return answer;
      lies += 1;
      const { outcomes } = JSON.parse(Buffer.from(answer.body).toString()) as { outcomes: { id: string }[] };
      const told = { outcomes: outcomes.map(({ id }) => lieOf(id, clock.nowMs())) };
      return { ...answer, body: Buffer.from(JSON.stringify(told)) };
    };
    for (const person of ['10.0.0.2', '10.0.0.3', '10.0.0.4']) {
      await member.visit(person);
      await rounds();
    }
    expect(lies).toBeGreaterThanOrEqual(3);
    expect(member.federation.own.clone).toBeNull();
    expect(hub.estimate('1d')).toBe(4);
  });

  it('waits longer after each failure, at most so long, and is in step with the first success', async () => {
    await rounds();
    network.weather = () => 'is lost';
    const attempts: number[] = [];
    let seen = network.requests.length;
    for (let second = 0; second < 600; second++) {
      clock.advance(1000);
      await member.visit(`10.1.0.${second % 250}`);
      await member.federation.round();
      if (network.requests.length > seen) attempts.push(second);
      seen = network.requests.length;
    }
    expect(exchange()).toMatchObject({ state: 'failing', lastError: 'lost on the way' });
    const gaps = attempts.slice(1).map((second, index) => second - attempts[index]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(61);
    expect(gaps.at(-1)).toBeGreaterThan(gaps[0]!);
    network.weather = () => 'arrives';
    clock.advance(61_000);
    await member.federation.retry();
    expect(exchange()).toMatchObject({ state: 'in step', lastError: null });
  });

  it('opens its breaker after five failures in a row, and closes it with the first probe that succeeds', async () => {
    await rounds();
    expect(exchange().breaker).toBe('closed');
    network.weather = () => 'is lost';
    for (let failure = 1; failure <= 5; failure++) {
      expect(exchange().breaker).toBe('closed');
      await member.federation.round({ force: true });
    }
    expect(exchange().breaker).toBe('open');
    const before = network.requests.length;
    await member.federation.retry();
    expect(network.requests.length).toBe(before);
    clock.advance(61_000);
    expect(exchange().breaker).toBe('half-open');
    network.weather = () => 'arrives';
    await member.federation.retry();
    expect(exchange()).toMatchObject({ breaker: 'closed', state: 'in step', retryAt: null });
  });

  it('leaves a hub alone for as long as it asks for, and not for longer than its own limit', async () => {
    await rounds();
    const answer = hub.answer.bind(hub);
    let retryAfter = '45';
    hub.answer = async () => ({
      status: 503,
      headers: { 'retry-after': retryAfter },
      body: Buffer.from('{"reason":"store-unavailable"}'),
    });
    await member.federation.round({ force: true });
    expect(exchange().retryAt).toBe(isoSeconds(clock.nowMs() + 45_000));
    retryAfter = '999999';
    await member.federation.round({ force: true });
    expect(exchange().retryAt).toBe(isoSeconds(clock.nowMs() + 60_000));
    hub.answer = answer;
    clock.advance(61_000);
    await member.federation.retry();
    expect(exchange().state).toBe('in step');
  });

  it('asks for the hub’s card at first contact and once a day, and keeps to the key it saw first', async () => {
    await rounds(10);
    expect(calls('/.well-known/headcount')).toBe(1);
    clock.advance(DAY_MS);
    await rounds(10);
    expect(calls('/.well-known/headcount')).toBe(2);
    const elsewhere = new MemoryNetwork('another hub');
    const other = await TestNode.start(elsewhere, clock, { name: 'hub', role: 'hub', counting: false });
    network.nodes.set(addressOf('hub').url, other);
    clock.advance(DAY_MS);
    await member.round();
    expect(exchange().lastError).toContain(`but ${hub.nodeId} is expected there`);
  });

  it('keeps no total that another node signed', async () => {
    await rounds();
    const { envelope } = member.federation.board.latest()!;
    const publisher = member.federation.membership.peer(hub.nodeId)!.opened;
    const stranger = await TestNode.start(network, clock, { name: 'x', role: 'hub', counting: false });
    const total = JSON.parse(Buffer.from(JSON.parse(envelope).payload, 'base64').toString()) as object;
    const { board } = member.federation;
    const keep = async (changes: object, key = hub.key, kind: 'total' | 'report' = 'total') =>
      board.keepFromHub(board.opened(signEnvelope(kind, { ...total, ...changes }, key), publisher));
    await expect(keep({}, stranger.key)).rejects.toMatchObject({ reason: 'not-its-own-key' });
    await expect(keep({ publisher: stranger.nodeId })).rejects.toMatchObject({ reason: 'not-its-own-key' });
    await expect(keep({ federation: 'other' })).rejects.toMatchObject({ reason: 'other-federation' });
    await expect(keep({}, hub.key, 'report')).rejects.toMatchObject({ reason: 'other-kind' });
    await expect(keep({ windows: {} })).rejects.toMatchObject({ reason: 'bad-schema' });
    await keep({ asOf: '2020-01-01T00:00:00Z' });
    expect(board.latest()!.envelope).toBe(envelope);
  });
});
