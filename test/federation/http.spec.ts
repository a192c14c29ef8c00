import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { ManualClock } from '../../src/clock/clock.js';
import { AlertWatch } from '../../src/federation/core/alerts/alert-watch.js';
import { FederationNode } from '../../src/federation/core/federation-node.js';
import { KeyHolder } from '../../src/keys/key-holder.js';
import { signCard } from '../../src/protocol/card.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { packSketch, sketchDigest } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { Sketch } from '../../src/sketch/sketch.js';
import type { MemoryRecords } from '../../src/storage/memory/memory-records.js';
import { startMemoryApp } from './memory-app.js';

const NOW_MS = Date.parse('2026-11-22T14:00:00Z');
const BASE = 'https://hub.example/count';
const TYPE = 'application/vnd.headcount.v1+json';
const ADMIN = 'hc_admin_for-these-tests-only';

let app: NestFastifyApplication;
let clock: ManualClock;
let records: MemoryRecords;
let member: NodeKey;
let nonce = 0;

beforeEach(async () => {
  clock = new ManualClock(NOW_MS);
  member = NodeKey.generate();
  const started = await startMemoryApp(
    {
      HEADCOUNT_ROLE: 'hub',
      HEADCOUNT_COUNTING: 'false',
      HEADCOUNT_PUBLIC_URL: BASE,
      HEADCOUNT_ADMIN_KEY: ADMIN,
    },
    clock,
  );
  ({ app, records } = started);
  const { keys } = started;
  await keys.found('Test', false);
  federation = keys.current.current.federation;
});
afterEach(() => app.close());

let federation: string;

const cardOf = (key: NodeKey, changes: object = {}) =>
  signCard(
    {
      name: 'Member',
      url: null,
      software: { name: 'x', version: '1' },
      listed: true,
      counting: true,
      version: 1,
      ...changes,
    },
    key,
  );

interface Sending {
  key?: NodeKey;
  url?: string;
  nowMs?: number;
  contentType?: string;
  nonce?: string;
}

/** A signed request as a node sends it: to the public URL, which a proxy maps to the root. */
function request(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: unknown,
  sending: Sending = {},
): InjectOptions {
  const payload =
    body === null ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const contentType = sending.contentType ?? TYPE;
  const headers = signRequest(
    {
      method,
      url: `${sending.url ?? BASE}/federation/v1/${path}`,
      ...(payload && { body: payload, contentType }),
    },
    sending.key ?? member,
    { nowMs: sending.nowMs ?? clock.nowMs(), nonce: sending.nonce ?? `nonce-${nonce++}`.padEnd(20, '-') },
  );
  return { method, url: `/federation/v1/${path}`, headers, ...(payload && { payload }) };
}

async function send(options: InjectOptions) {
  const answer = await app.inject(options);
  return {
    status: answer.statusCode,
    body: answer.body === '' ? null : answer.json(),
    headers: answer.headers,
  };
}

async function metricLines(): Promise<string[]> {
  const { body } = await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${ADMIN}` } });
  return body.split('\n');
}

const join = (key: NodeKey, sending: Sending = {}) =>
  send(request('POST', 'join', { card: cardOf(key) }, { key, ...sending }));

async function admit(key: NodeKey): Promise<void> {
  expect(await join(key)).toMatchObject({ status: 200, body: { status: 'pending' } });
  const approved = await app.inject({
    method: 'POST',
    url: `/v1/admin/peers/${key.nodeId}/approve`,
    headers: { authorization: `Bearer ${ADMIN}` },
    payload: { trusted: true },
  });
  expect(approved.json()).toMatchObject({ status: 'active' });
}

function sketchOf(count: number) {
  const sketch = new Sketch();
  for (let i = 0; i < count; i++) sketch.add(crypto.getRandomValues(new Uint8Array(16)));
  const bytes = encodeHyll(sketch);
  const packed = Buffer.from(packSketch(bytes)).toString('base64');
  return { digest: sketchDigest(bytes), packed, estimate: Math.round(sketch.estimate()) };
}

function report(changes: object = {}, key = member): string {
  const issued = new Date(clock.nowMs()).toISOString().slice(0, 19);
  const until = new Date(clock.nowMs() + 3_600_000).toISOString().slice(0, 19);
  return signEnvelope(
    'report',
    {
      ...{ v: 1, federation, origin: key.nodeId, day: '2026-11-22', seq: clock.nowMs(), closed: false },
      ...{ issuedAt: `${issued}Z`, validUntil: `${until}Z`, format: 'hyll-p14-m64a', identity: 'ip-ua/1' },
      ...{ hits: 10, uniques: 4, windows: { '7d': 4, '30d': 4, all: 4 }, sketches: {}, ...changes },
    },
    key,
  );
}

const push = (reports: string[], sketches: object = {}) =>
  send(request('POST', 'reports', { reports, sketches }));
const outcomeOf = async (envelope: string, sketches: object = {}) =>
  (await push([envelope], sketches)).body.outcomes[0];

describe('joining over HTTP', () => {
  it('waits for a person, however often it is asked', async () => {
    for (let time = 0; time < 3; time++)
      expect(await join(member)).toMatchObject({ body: { status: 'pending' } });
    expect(await records.peers.peers()).toHaveLength(1);
    await admit(member);
    expect(await join(member)).toMatchObject({ body: { status: 'active' } });
  });

  it('is refused to whoever did not sign the request with the card’s key', async () => {
    const other = NodeKey.generate();
    const { status, body } = await send(request('POST', 'join', { card: cardOf(member) }, { key: other }));
    expect({ status, body }).toMatchObject({ status: 401, body: { reason: 'unknown-key' } });
    expect(await records.peers.peers()).toEqual([]);
  });

  it('can be asked for ten times a minute from one address', async () => {
    for (let count = 0; count < 10; count++) await join(NodeKey.generate());
    expect(await join(NodeKey.generate())).toMatchObject({
      ...{ status: 429, body: { reason: 'rate-limited' } },
      headers: { 'retry-after': '60' },
    });
    clock.advance(61_000);
    expect(await join(NodeKey.generate())).toMatchObject({ status: 503 });
  });

  it('keeps fifty nodes waiting, and ten from one network, whose oldest gives way to another', async () => {
    const from = (network: number, host: number) => {
      const key = NodeKey.generate();
      const remoteAddress = `192.0.${network}.${host}`;
      return send({ ...request('POST', 'join', { card: cardOf(key) }, { key }), remoteAddress });
    };
    const full = { status: 503, body: { reason: 'pending-full' } };
    for (let network = 0; network < 5; network++) {
      for (let host = 0; host < 10; host++) expect((await from(network, host)).status).toBe(200);
      expect(await from(network, 10)).toMatchObject(full);
    }
    expect((await from(200, 1)).status).toBe(200);
    expect(await records.peers.peers()).toHaveLength(50);
  });

  it('tells who it is ten times a minute to one address', async () => {
    const card = (remoteAddress: string) =>
      send({ method: 'GET', url: '/.well-known/headcount', remoteAddress });
    for (let count = 0; count < 10; count++) expect((await card('192.0.2.1')).status).toBe(200);
    expect(await card('192.0.2.1')).toMatchObject({ status: 429, body: { reason: 'rate-limited' } });
    expect((await card('192.0.2.2')).status).toBe(200);
    expect(await metricLines()).toContain('headcount_refused_total{reason="rate-limited"} 1');
  });

  it.each([
    ['no JSON', '{', 'bad-json'],
    ['no card', {}, 'bad-schema'],
    ['a card that is none', { card: '{}' }, 'not-an-envelope'],
  ])('refuses %s', async (_what, body, reason) => {
    expect(await send(request('POST', 'join', body))).toMatchObject({ status: 400, body: { reason } });
  });
});

describe('calls of nodes over HTTP', () => {
  it('are problem documents with a reason when they are refused', async () => {
    const { status, body, headers } = await send({ method: 'GET', url: '/federation/v1/total' });
    expect(status).toBe(401);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:headcount:refusal:signature-missing',
      reason: 'signature-missing',
    });
  });

  it('are taken at the public URL’s path, wherever the proxy maps it', async () => {
    await admit(member);
    expect(await send(request('GET', 'total', null))).toMatchObject({
      status: 404,
      body: { reason: 'no-total' },
    });
    expect(await send(request('GET', 'total/above', null))).toMatchObject({ body: { reason: 'no-total' } });
    const whole = request('GET', 'total', null);
    expect(await send({ ...whole, url: '/count/federation/v1/total' })).toMatchObject({ status: 404 });
  });

  it.each<[string, () => InjectOptions, string, number]>([
    ['by a stranger', () => request('GET', 'total', null, { key: NodeKey.generate() }), 'unknown-key', 401],
    [
      'for another host',
      () => request('GET', 'total', null, { url: 'https://other.example/count' }),
      'bad-signature',
      401,
    ],
    [
      'for another path',
      () => request('GET', 'total', null, { url: 'https://hub.example' }),
      'bad-signature',
      401,
    ],
    [
      'long ago',
      () => request('GET', 'total', null, { nowMs: NOW_MS - 3_600_000 }),
      'signature-expired',
      401,
    ],
    [
      'in the future',
      () => request('GET', 'total', null, { nowMs: NOW_MS + 3_600_000 }),
      'signature-not-yet-valid',
      401,
    ],
    [
      'with a forwarded host',
      () => {
        const sent = request('GET', 'total', null, { url: 'https://evil.example/count' });
        return {
          ...sent,
          headers: { ...sent.headers, 'x-forwarded-host': 'evil.example', host: 'evil.example' },
        };
      },
      'bad-signature',
      401,
    ],
    [
      'with another body',
      () => ({ ...request('POST', 'reports', { reports: ['{}'], sketches: {} }), payload: '{}' }),
      'digest-mismatch',
      400,
    ],
    [
      'without a body’s signature',
      () => ({ ...request('GET', 'reports', null), method: 'POST', payload: '{}' }),
      'signature-malformed',
      401,
    ],
  ])('are refused when signed %s', async (_what, make, reason, status) => {
    await admit(member);
    expect(await send(make())).toMatchObject({ status, body: { reason } });
  });

  it('are answered once', async () => {
    await admit(member);
    const sent = request('GET', 'total', null);
    expect((await send(sent)).status).toBe(404);
    expect(await send(sent)).toMatchObject({ status: 401, body: { reason: 'nonce-repeated' } });
  });

  it('are limited in number for each node', async () => {
    await admit(member);
    let limited = 0;
    for (let count = 0; count < 70; count++)
      if ((await send(request('GET', 'total', null))).status === 429) limited += 1;
    expect(limited).toBeGreaterThanOrEqual(9);
    clock.advance(61_000);
    expect((await send(request('GET', 'total', null))).status).toBe(404);
  });

  it('are refused while the node waits for a person, and after it was removed', async () => {
    await join(member);
    expect(await push([report()])).toMatchObject({ status: 403, body: { reason: 'pending' } });
    expect(await send(request('GET', 'total', null))).toMatchObject({
      status: 403,
      body: { reason: 'pending' },
    });
    await admit(NodeKey.generate());
    await app.inject({
      method: 'DELETE',
      url: `/v1/admin/peers/${member.nodeId}`,
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(await push([report()])).toMatchObject({ status: 403, body: { reason: 'not-a-member' } });
  });

  it('of whom nobody knows are limited before the framework is asked, and refused as it refuses', async () => {
    const options = { method: 'POST', url: '/federation/v1/digest', payload: { ask: 'root' } } as const;
    const asked = await Promise.all(Array.from({ length: 11 }, () => send(options)));
    const last = asked.at(-1)!;
    await app.listen(0, '127.0.0.1');
    const url = new URL(options.url, await app.getUrl());
    // Nothing of the body comes, and nobody waits for it.
    const post = async (more: Record<string, string> = {}) => {
      const headers = { 'content-length': 100_000, ...more };
      const sent = httpRequest(url, { method: 'POST', headers });
      sent.flushHeaders();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const body = JSON.parse((await answer.toArray()).join('')) as object;
      sent.destroy();
      return { status: answer.statusCode, headers: answer.headers, body };
    };
    expect(await post()).toEqual({
      ...last,
      headers: { ...last.headers, connection: 'close', date: expect.any(String) },
    });
    expect(last).toMatchObject({ status: 429, body: { reason: 'rate-limited' } });
    const signed = { signature: 'x', 'signature-input': `headcount=();keyid="${member.keyId}"` };
    expect(await post(signed)).toMatchObject({ status: 429, headers: { connection: 'close' } });
    clock.advance(60_000);
    expect(await post()).toMatchObject({ status: 401, body: { reason: 'signature-missing' } });
    expect(await post(signed)).toMatchObject({ status: 401, body: { reason: 'signature-malformed' } });
    const { body: metrics } = await app.inject({
      url: '/metrics',
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(metrics).toContain('headcount_refused_total{reason="signature-missing"} 11\n');
    expect(metrics).toContain('headcount_refused_total{reason="rate-limited"} 3\n');
  });

  it.each([
    ['an escaped letter', '/%66ederation/v1/reports'],
    ['an escaped digit', '/federation/v%31/reports'],
    ['a slash at the end', '/federation/v1/reports/'],
  ])('need a signature also under %s', async (_what, url) => {
    await admit(member);
    const { headers, payload } = request('POST', 'reports', { reports: [report()], sketches: {} });
    const unsigned = {
      'content-type': TYPE,
      'content-digest': (headers as Record<string, string>)['content-digest'],
    };
    const { status } = await send({
      method: 'POST',
      url,
      headers: unsigned as Record<string, string>,
      payload: payload as Buffer,
    });
    expect([401, 404]).toContain(status);
    expect(await records.ledger.slots('2000-01-01', '2100-01-01')).toEqual([]);
  });

  it('are refused before a body of a million values is taken apart', async () => {
    await admit(member);
    const body = `{"reports":[${'1,'.repeat(1_000_000)}1],"sketches":{}}`;
    expect(await send(request('POST', 'reports', body))).toMatchObject({
      status: 413,
      body: { reason: 'too-large' },
    });
  });

  it('are limited for strangers by household, as visitors are counted', async () => {
    const statuses: number[] = [];
    for (let host = 0; host < 12; host++) {
      const key = NodeKey.generate();
      const options = request('POST', 'join', { card: cardOf(key) }, { key });
      statuses.push((await send({ ...options, remoteAddress: `2001:db8:1:2::${host + 1}` })).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });

  it.each([
    ['keying', 1024],
    ['charter', 512],
    ['roster', 6 * 1024],
  ])('bring a %s in at most %i KiB', async (path, kibibytes) => {
    await admit(member);
    const put = (bytes: number) => send(request('PUT', path, 'x'.repeat(bytes)));
    expect((await put(kibibytes * 1024)).body).toMatchObject({ reason: 'bad-json' });
    expect((await put(kibibytes * 1024 + 1)).status).toBe(413);
  });

  it('may carry four megabytes and no more, in one type only', async () => {
    await admit(member);
    const huge = request('POST', 'reports', 'x'.repeat(4 * 1024 * 1024 + 1));
    expect(await send(huge)).toMatchObject({
      status: 413,
      body: { reason: 'too-large', limit: 4 * 1024 * 1024 },
    });
    const json = request(
      'POST',
      'reports',
      { reports: ['{}'], sketches: {} },
      { contentType: 'application/json' },
    );
    const otherType = {
      status: 415,
      body: { reason: 'unsupported-media-type', detail: expect.stringContaining(TYPE) },
    };
    expect(await send(json)).toMatchObject(otherType);
    const xml = request('POST', 'reports', '<a/>', { contentType: 'text/xml' });
    expect(await send(xml)).toMatchObject(otherType);
    const untyped = { method: 'POST', url: '/federation/v1/join', headers: { signature: 'x' } } as const;
    expect(await send({ ...untyped, payload: Buffer.from('{}') })).toMatchObject(otherType);
    const lines = await metricLines();
    expect(lines).toContain('headcount_refused_total{reason="too-large"} 1');
    expect(lines).toContain('headcount_refused_total{reason="unsupported-media-type"} 3');
  });

  it('may name their type with parameters', async () => {
    await admit(member);
    const contentType = `${TYPE}; charset=utf-8`;
    expect((await send(request('POST', 'digest', { ask: 'root' }, { contentType }))).status).toBe(200);
  });
});

describe('reports over HTTP', () => {
  beforeEach(() => admit(member));

  it('are kept with their sketches, replace each other, and change nothing when repeated', async () => {
    const { digest, packed } = sketchOf(100);
    const first = report({ hits: 200, uniques: 100, sketches: { '1f2e3d4c.41': digest } });
    const kept = await outcomeOf(first, { [digest]: packed });
    expect(kept).toMatchObject({ outcome: 'accepted', replaced: null });
    expect(await outcomeOf(first)).toEqual({ outcome: 'unchanged', id: kept.id });
    clock.advance(120_000);
    const second = await outcomeOf(report({ hits: 220, uniques: 100, sketches: { '1f2e3d4c.41': digest } }));
    expect(second).toMatchObject({ outcome: 'accepted', replaced: kept.id });
    expect(await outcomeOf(first)).toMatchObject({
      outcome: 'refused',
      reason: 'seq-too-low',
      newest: { id: second.id },
    });
    const slot = await records.ledger.slot(member.nodeId, '2026-11-22');
    expect(slot?.counted?.report.hits).toBe(220);
  });

  it('prove it when their origin says two things at once', async () => {
    const seq = clock.nowMs();
    await outcomeOf(report({ seq }));
    expect(await outcomeOf(report({ seq, hits: 11 }))).toMatchObject({
      outcome: 'refused',
      reason: 'equivocation',
    });
  });

  it('do not follow each other too fast', async () => {
    await outcomeOf(report());
    clock.advance(10_000);
    expect(await outcomeOf(report({ hits: 11 }))).toMatchObject({ outcome: 'refused', reason: 'too-soon' });
  });

  it('are held when a day that was over is changed too late, and the one before goes on counting', async () => {
    expect(await outcomeOf(report({ day: '2026-11-21' }))).toMatchObject({ outcome: 'accepted' });
    clock.advance(49 * 3_600_000);
    expect(await outcomeOf(report({ day: '2026-11-21', hits: 99 }))).toMatchObject({
      outcome: 'held',
      rule: 'late-change',
    });
    const slot = await records.ledger.slot(member.nodeId, '2026-11-21');
    expect([slot?.accepted.report.hits, slot?.counted?.report.hits]).toEqual([99, 10]);
  });

  it('may close a day late, with a sketch under the next key of as many people and no more', async () => {
    const own = sketchOf(40);
    const uniques = 40;
    const open = { day: '2026-11-20', hits: 90, uniques, sketches: { '1f2e3d4c.41': own.digest } };
    const issuedInTimeMs = clock.nowMs();
    expect(await outcomeOf(report(open), { [own.digest]: own.packed })).toMatchObject({
      outcome: 'accepted',
    });
    clock.set(issuedInTimeMs + 4 * 86_400_000);
    const padded = sketchOf(80);
    const more = { ...open, closed: true, sketches: { ...open.sketches, '1f2e3d4c.42': padded.digest } };
    expect(await outcomeOf(report(more), { [padded.digest]: padded.packed })).toMatchObject({
      outcome: 'held',
    });
    clock.advance(120_000);
    const next = sketchOf(40);
    const same = { ...open, closed: true, sketches: { ...open.sketches, '1f2e3d4c.42': next.digest } };
    expect(await outcomeOf(report(same), { [next.digest]: next.packed })).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('are refused one by one, and leave no trace but a counter', async () => {
    const { digest, packed } = sketchOf(50);
    const other = sketchOf(60);
    const named = report({ day: '2026-11-20', hits: 90, uniques: 50, sketches: { '1f2e3d4c.41': digest } });
    expect(await outcomeOf(named)).toMatchObject({ reason: 'sketch-missing' });
    expect(await outcomeOf(named, { [digest]: other.packed })).toMatchObject({ reason: 'sketch-mismatch' });
    expect(await outcomeOf(named, { [digest]: 'AAAA' })).toMatchObject({ reason: 'sketch-malformed' });
    expect(await outcomeOf(report({}, NodeKey.generate()))).toMatchObject({ reason: 'unknown-key' });
    expect(await outcomeOf(report({ federation: 'x' }))).toMatchObject({ reason: 'other-federation' });
    expect(await outcomeOf('no envelope')).toMatchObject({ reason: 'not-an-envelope' });
    expect(await records.ledger.slots('2000-01-01', '2100-01-01')).toEqual([]);
    const mixed = await push([report({ federation: 'x' }), named, report({ day: '2026-11-19' })], {
      [digest]: packed,
    });
    expect(mixed.body.outcomes.map((one: { outcome: string }) => one.outcome)).toEqual([
      'refused',
      'accepted',
      'accepted',
    ]);
    const status = await app.inject({
      url: '/v1/admin/status',
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(status.json().refused).toMatchObject({
      'sketch-missing': 1,
      'other-federation': 2,
      'not-an-envelope': 1,
    });
  });

  it.each([
    ['no reports', { reports: [], sketches: {} }],
    ['201 reports', { reports: Array(201).fill('{}'), sketches: {} }],
    ['a sketch under no digest', { reports: ['{}'], sketches: { x: 'AAAA' } }],
    [
      'a sketch that is too large',
      { reports: ['{}'], sketches: { [`sha256:${'0'.repeat(64)}`]: 'A'.repeat(21_872) } },
    ],
  ])('are refused as a whole with %s', async (_what, body) => {
    expect(await send(request('POST', 'reports', body))).toMatchObject({
      status: 400,
      body: { reason: 'bad-schema' },
    });
  });
});

describe('a hub that counts no site', () => {
  it('has no route for visits', async () => {
    for (const url of ['/v1/hits', '/v1/hits:batch', '/health', '/keepalive', '/api/stats/track-user']) {
      expect((await app.inject({ method: 'POST', url })).statusCode).toBe(404);
    }
    expect((await app.inject({ url: '/health' })).statusCode).toBe(200);
  });
});

describe('an administrator of a hub', () => {
  const DAY = '2026-11-22';
  const admin = async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
    const headers = { authorization: `Bearer ${ADMIN}` };
    const answer = await app.inject({
      method,
      url: `/v1/admin/${path}`,
      headers,
      ...(payload && { payload }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  beforeEach(() => admit(member));

  it('sees each origin with its figures, freshness, clock and trend', async () => {
    await outcomeOf(report());
    await send(request('GET', 'total', null, { nowMs: clock.nowMs() + 2_000 }));
    const { body } = await admin('GET', 'federation/origins');
    expect(body).toMatchObject({
      count: 1,
      origins: [
        {
          node: member.nodeId,
          name: 'Member',
          status: 'active',
          software: 'x 1',
          privacy: 'counts',
          newestReport: { day: DAY, fresh: true },
          clockOffsetMs: 2_000,
          exchange: null,
          held: [],
          rulings: [],
        },
      ],
    });
    expect(body.origins[0].trend).toHaveLength(14);
    expect(body.origins[0].trend.at(-1)).toEqual({ day: DAY, uniques: 4, hits: 10 });
    expect(body.origins[0].trend[0]).toMatchObject({ uniques: null });
  });

  it('sees what is held back and by which rule, and releases it', async () => {
    const day = '2026-11-18';
    const early = Date.parse('2026-11-18T12:00:00Z');
    clock.advance(early - clock.nowMs());
    await outcomeOf(report({ day }));
    clock.advance(NOW_MS - early);
    expect(await outcomeOf(report({ day, hits: 12, uniques: 6 }))).toMatchObject({ outcome: 'held' });
    const { body } = await admin('GET', 'federation/origins');
    expect(body.origins[0].held).toMatchObject([
      {
        ...{ day, rule: 'late-change', uniques: 6, low: 6, high: 6, hits: 12 },
        counted: { uniques: 4, low: 4, high: 4, hits: 10 },
      },
    ]);
    const released = await admin('POST', 'federation/release', {
      node: member.nodeId,
      day,
      why: 'asked them',
    });
    expect(released).toMatchObject({ status: 200, body: { released: [{ day, uniques: 6, hits: 12 }] } });
    expect((await admin('GET', 'federation/origins')).body.origins[0].held).toEqual([]);
    expect(await admin('POST', 'federation/release', { node: member.nodeId, day })).toMatchObject({
      status: 404,
    });
  });

  it('releases all that is held of an origin at once', async () => {
    const days = ['2026-11-17', '2026-11-18'];
    for (const day of days) {
      const early = Date.parse(`${day}T12:00:00Z`);
      clock.advance(early - clock.nowMs());
      await outcomeOf(report({ day }));
    }
    clock.advance(NOW_MS - clock.nowMs());
    for (const day of days)
      expect(await outcomeOf(report({ day, hits: 12, uniques: 6 }))).toMatchObject({ outcome: 'held' });
    const release = () => admin('POST', 'federation/release', { node: member.nodeId, why: 'an import' });
    expect(await release()).toMatchObject({
      status: 200,
      body: { released: days.map((day) => ({ day, uniques: 6, hits: 12 })) },
    });
    expect((await admin('GET', 'federation/origins')).body.origins[0].held).toEqual([]);
    expect(await release()).toMatchObject({ status: 404, body: { field: 'node' } });
  });

  /** A report of so many people that no day before explains. */
  async function heldReport(): Promise<void> {
    const sketch = sketchOf(12_000);
    const sketches = { [keyName()]: sketch.digest };
    const told = report({ uniques: sketch.estimate, hits: 20_000, sketches });
    expect(await outcomeOf(told, { [sketch.digest]: sketch.packed })).toMatchObject({ outcome: 'held' });
  }
  const keyName = () => app.get(KeyHolder).keyOfWindow(DAY)!;
  const effectOf = async (action: string, day: string | null = DAY) => {
    const query = `action=${action}&node=${member.nodeId}${day ? `&day=${day}` : ''}`;
    const { status, body } = await admin('GET', `federation/effect?${query}`);
    expect(status).toBe(200);
    return [body.before, body.after].map(({ windows }) => windows['30d'].uniques.estimate);
  };
  const totalNow = async () => {
    clock.advance(300_000);
    await app.get(FederationNode).refreshTotal();
    return app.get(FederationNode).board.latest()!.total.windows['30d'].uniques.estimate;
  };

  it('sees what each decision would do to the total before it is made', async () => {
    await heldReport();
    const [nobody, released] = await effectOf('release');
    expect(nobody).toBe(0);
    expect(await totalNow()).toBe(0);
    await admin('POST', 'federation/release', { node: member.nodeId, day: DAY });
    expect(await totalNow()).toBe(released);
    expect(released).toBeGreaterThan(11_000);
    for (const [action, day] of [
      ['hold', DAY],
      ['exclude', null],
    ] as const)
      expect(await effectOf(action, day)).toEqual([released, 0]);
    expect(await totalNow()).toBe(released);
    await admin('POST', 'federation/rulings', { node: member.nodeId, verdict: 'exclude' });
    expect(await effectOf('lift', null)).toEqual([0, released]);
    expect(await effectOf('lift', DAY)).toEqual([0, 0]);
  });

  it.each([
    ['no action', ''],
    ['an action that there is not', '&action=remove'],
    ['a release of all days', '&action=release'],
    ['no day', '&action=hold&day=today'],
  ])('is refused the effect of %s', async (_what, query) => {
    expect(await admin('GET', `federation/effect?node=${member.nodeId}${query}`)).toMatchObject({
      status: 400,
    });
  });

  it('sees what speaks against a held report', async () => {
    await heldReport();
    const { status, body } = await admin('GET', `federation/held/${member.nodeId}/${DAY}`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        held: { day: DAY, rule: 'jump', threshold: 10_000 },
        findings: [{ rule: 'jump', threshold: 10_000 }],
        sketches: [{ keyName: keyName() }],
        history: [{ day: DAY, uniques: null, low: null, high: null, hits: null }],
      },
    });
    const [{ ranks, probability }] = body.sketches;
    const all = ranks.reduce((sum: number, { observed }: { observed: number }) => sum + observed, 0);
    expect(all).toBe(16_384);
    expect(ranks[0].expected).toBeCloseTo(16_384 * Math.exp(-12_000 / 16_384), -3);
    expect(probability).toBeGreaterThan(1e-6);
    expect(await admin('GET', `federation/held/${member.nodeId}/2026-11-21`)).toMatchObject({ status: 404 });
  });

  it('is told of two instances with the same people, and says that it has seen it', async () => {
    const [other, copied] = [NodeKey.generate(), sketchOf(2000)];
    await admit(other);
    for (const key of [member, other]) {
      const sketches = { [keyName()]: copied.digest };
      const told = report({ uniques: copied.estimate, hits: 3000, sketches }, key);
      const body = { reports: [told], sketches: { [copied.digest]: copied.packed } };
      expect((await send(request('POST', 'reports', body, { key }))).body.outcomes[0].outcome).toBe(
        'accepted',
      );
    }
    expect((await admin('GET', 'alerts')).body.alerts).toEqual([]);
    await app.get(AlertWatch).searchCopies();
    const { body } = await admin('GET', 'alerts');
    const [node, twin] = [member.nodeId, other.nodeId].sort();
    expect(body).toMatchObject({
      alerts: [{ name: 'near-copy', node, other: twin, nodeName: 'Member', measured: 1, acknowledged: null }],
      counts: { 'near-copy': 1 },
    });
    const path = `alerts/${body.alerts[0].id}/acknowledge`;
    expect(await admin('POST', path, { why: 'one site' })).toMatchObject({
      status: 200,
      body: { acknowledged: { by: 'key of the environment', why: 'one site' } },
    });
    expect((await admin('GET', 'audit?limit=1')).body.entries).toMatchObject([{ action: 'acknowledge' }]);
    expect(await admin('POST', 'alerts/clone/acknowledge', {})).toMatchObject({ status: 404 });
    expect(await admin('POST', 'alerts/x%2F..%2Fy/acknowledge', {})).toMatchObject({ status: 400 });
  });

  it('is told of a node that contradicts itself, and of one under another key', async () => {
    const sketch = sketchOf(300);
    const told = report({ uniques: sketch.estimate, sketches: { 'ffffffff.1': sketch.digest }, hits: 400 });
    await outcomeOf(told, { [sketch.digest]: sketch.packed });
    expect((await admin('GET', 'alerts')).body.alerts).toMatchObject([{ id: `other-key.${member.nodeId}` }]);
    await outcomeOf(report({ hits: 11 }));
    const names = (await admin('GET', 'alerts')).body.alerts.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(['other-key', 'quarantine']);
  });

  it('keeps in the log why somebody was let in, suspended and taken out', async () => {
    const path = `peers/${member.nodeId}`;
    await admin('POST', `${path}/suspend`, { why: 'asked by phone' });
    await admin('POST', `${path}/approve`, { trusted: true, why: 'they called back' });
    await admin('DELETE', `${path}?why=closed%20down`);
    const { entries } = (await admin('GET', 'audit?limit=3')).body;
    expect(entries.map(({ action, why }: Record<string, string>) => [action, why])).toEqual([
      ['remove', 'closed down'],
      ['approve as trusted', 'they called back'],
      ['suspend', 'asked by phone'],
    ]);
    expect(await admin('POST', `${path}/suspend`, { why: 'a\nb' })).toMatchObject({ status: 400 });
  });

  it('takes days out of the totals and puts them back, and the log says so', async () => {
    await outcomeOf(report());
    const ruling = { node: member.nodeId, day: DAY, verdict: 'exclude', why: 'made up' };
    expect(await admin('POST', 'federation/rulings', ruling)).toMatchObject({
      status: 201,
      body: { ...ruling, by: 'key of the environment' },
    });
    expect((await admin('GET', 'federation/rulings')).body.rulings).toMatchObject([ruling]);
    const path = `federation/rulings/${member.nodeId}`;
    expect(await admin('DELETE', path)).toMatchObject({ status: 404 });
    expect(await admin('DELETE', `${path}?day=${DAY}&why=checked`)).toMatchObject({ status: 200 });
    expect(await admin('GET', 'audit?limit=1')).toMatchObject({
      body: {
        entries: [
          { number: 3, action: 'lift', by: 'key of the environment', why: 'checked', subject: { day: DAY } },
        ],
        firstBroken: null,
      },
    });
    expect((await admin('GET', 'audit?before=2')).body.entries).toMatchObject([
      { action: 'approve as trusted', subject: { node: member.nodeId } },
    ]);
  });

  it.each([
    ['an unknown node', { node: 'A'.repeat(43), verdict: 'hold' }, 404],
    ['no node id', { node: 'x', verdict: 'hold' }, 400],
    ['no day', { node: 'A'.repeat(43), day: '2026-02-30', verdict: 'hold' }, 400],
    ['another verdict', { node: 'A'.repeat(43), verdict: 'count' }, 400],
    ['a reason with control characters', { node: 'A'.repeat(43), verdict: 'hold', why: 'a\u001b[2J' }, 400],
  ])('is refused a ruling about %s', async (_what, body, status) => {
    expect(await admin('POST', 'federation/rulings', body)).toMatchObject({ status });
    expect((await admin('GET', 'audit')).body.entries).toHaveLength(1);
  });
});

describe('metrics', () => {
  const scrape = (headers: Record<string, string> = {}) => app.inject({ url: '/metrics', headers });

  it('are for who has a key, in the text format of Prometheus', async () => {
    expect((await scrape()).statusCode).toBe(401);
    expect((await scrape({ authorization: 'Bearer hc_read_wrong' })).statusCode).toBe(401);
    const { statusCode, headers, body } = await scrape({ authorization: `Bearer ${ADMIN}` });
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toContain('version=0.0.4');
    for (const line of body.split('\n'))
      expect(line).toMatch(/^(#.*|[a-z_0-9]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? -?[0-9.e+-]+|)$/);
  });

  it('say how many reports were refused and held, and why, and what alerts stand', async () => {
    await admit(member);
    const sketch = sketchOf(12_000);
    const keyName = app.get(KeyHolder).keyOfWindow('2026-11-22')!;
    const told = report({ uniques: 12_000, hits: 20_000, sketches: { [keyName]: sketch.digest } });
    await outcomeOf(told, { [sketch.digest]: sketch.packed });
    await push(['nonsense']);
    await outcomeOf(report({ hits: 20_001 }));
    await app.get(FederationNode).refreshTotal();
    const { body } = await scrape({ authorization: `Bearer ${ADMIN}` });
    for (const line of [
      'headcount_held_total{rule="jump"} 1',
      'headcount_refused_total{reason="not-an-envelope"} 1',
      'headcount_refused_total{reason="equivocation"} 1',
      'headcount_alerts{alert="quarantine"} 1',
      'headcount_nodes{status="quarantined"} 1',
      'headcount_instances{state="held"} 0',
      'headcount_totals_total 1',
      'headcount_people{scope="global",window="30d"} 0',
    ])
      expect(body.split('\n')).toContain(line);
    expect(body).toMatch(/^nodejs_eventloop_delay_seconds\{quantile="0.99"\} /m);
    expect(body).toMatch(/^headcount_commits_total \d/m);
  });
});

describe('overlaps over HTTP', () => {
  const overlap = (query: string) => send({ method: 'GET', url: `/v1/overlap?${query}` });

  it('are shown for two listed instances, and hidden where they are small', async () => {
    const other = NodeKey.generate();
    for (const key of [member, other]) {
      await admit(key);
      await send(request('POST', 'reports', { reports: [report({}, key)], sketches: {} }, { key }));
    }
    await app.get(FederationNode).refreshTotal();
    const { status, body, headers } = await overlap(`a=${member.nodeId}&b=${other.nodeId}&window=7d`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { window: '7d', from: '2026-11-16', to: '2026-11-22', shared: null, hidden: 'too-few' },
    });
    const again = await app.inject({
      url: `/v1/overlap?a=${member.nodeId}&b=${other.nodeId}&window=7d`,
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });

  it.each([
    ['no instance', 'a=x&b=y', 400],
    ['one instance twice', `a=${'A'.repeat(43)}&b=${'A'.repeat(43)}`, 400],
    ['an unknown instance', `a=${'A'.repeat(43)}&b=${'B'.repeat(43)}`, 404],
    ['another window', `a=${'A'.repeat(43)}&b=${'B'.repeat(43)}&window=all`, 400],
  ])('are refused for %s', async (_what, query, status) => {
    expect(await overlap(query)).toMatchObject({ status });
  });

  it('are limited for each address', async () => {
    const query = `a=${'A'.repeat(43)}&b=${'B'.repeat(43)}`;
    for (let question = 0; question < 60; question++) await overlap(query);
    expect(await overlap(query)).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.any(String) },
    });
  });
});
