import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ADMIN_KEY,
  BROWSER,
  startTrackingApp,
  TODAY,
  TODAYS_SKETCH,
  type TrackingApp,
  WRITE_KEY,
} from './tracking-app.js';

const UUID = '0b7f7f2e-3c59-4f0e-9f27-6f0b9c1d2e3f';

describe('tracking routes', () => {
  let node: TrackingApp;

  afterEach(() => node.app.close());

  const hit = (payload?: unknown, headers: Record<string, string> = {}) =>
    node.app.inject({
      method: 'POST',
      url: '/v1/hits',
      headers: {
        'user-agent': BROWSER,
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined
        ? {}
        : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
    });
  const batch = (payload: unknown, headers: Record<string, string> = {}) =>
    node.app.inject({
      method: 'POST',
      url: '/v1/hits:batch',
      headers: { authorization: `Bearer ${WRITE_KEY}`, ...headers },
      payload: payload as object,
    });
  const seen = (address: string, more: object = {}) => ({ address, userAgent: BROWSER, ...more });

  describe('POST /v1/hits', () => {
    it('counts a visitor once, however often and in whatever form the hit comes', async () => {
      node = await startTrackingApp();
      const answers = [
        await hit(),
        await hit(''),
        await hit({}),
        await hit({ path: '/a', referrer: 'https://b.example/', consent: true }),
        await hit('{"path":"/a"}', { 'content-type': 'text/plain;charset=UTF-8' }),
      ];
      for (const answer of answers) {
        expect(answer.statusCode).toBe(202);
        expect(answer.headers['content-type']).toContain('application/json');
        expect(answer.headers['access-control-allow-origin']).toBe('*');
        expect(answer.json()).toEqual({ counted: true });
      }
      expect(node.store.hits.get(TODAY)).toBe(5);
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(1);
      expect(node.store.hourHits.get(`${TODAY}T12`)).toBe(5);
    });

    it('believes X-Forwarded-For from a configured proxy only', async () => {
      node = await startTrackingApp();
      for (let i = 1; i <= 5; i++) await hit(undefined, { 'x-forwarded-for': `203.0.113.${i}` });
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(5);
      await node.app.close();
      node = await startTrackingApp({ trustProxy: [] });
      for (let i = 1; i <= 5; i++) await hit(undefined, { 'x-forwarded-for': `203.0.113.${i}` });
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(1);
    });

    it('says why it did not count, and counts that', async () => {
      node = await startTrackingApp({ ignoreAddresses: ['203.0.113.0/24'] });
      const reasons: [Record<string, string>, string, unknown?][] = [
        [{ 'user-agent': 'curl/8.5.0' }, 'bot'],
        [{ dnt: '1' }, 'do-not-track'],
        [{ 'sec-gpc': '1' }, 'do-not-track'],
        [{ 'x-forwarded-for': '203.0.113.77' }, 'ignored-address'],
        [{}, 'no-consent', { consent: false }],
      ];
      for (const [headers, reason, body] of reasons) {
        const answer = await hit(body, headers);
        expect(answer.statusCode).toBe(202);
        expect(answer.json()).toEqual({ counted: false, reason });
      }
      expect(node.store.hitsInAll).toBe(0);
      expect(Object.fromEntries(node.store.dropped)).toEqual({
        [`${TODAY} bot`]: 1,
        [`${TODAY} do-not-track`]: 2,
        [`${TODAY} ignored-address`]: 1,
        [`${TODAY} no-consent`]: 1,
      });
    });

    it('counts those who ask not to be tracked only where the operator says so', async () => {
      node = await startTrackingApp({ honourDoNotTrack: false });
      expect((await hit(undefined, { dnt: '1' })).json()).toEqual({ counted: true });
    });

    it.each([
      ['{', 400, 'malformed-json'],
      ['{"colour":"red"}', 400, 'unknown-field'],
      ['{"path":7}', 400, 'invalid-field'],
      ['[]', 400, 'invalid-field'],
      ['"x"', 400, 'malformed-json'],
      ['null', 400, 'invalid-field'],
      [`{"path":"${' '.repeat(20_000)}"}`, 413, 'body-too-large'],
    ])('refuses %s', async (body, status, kind) => {
      node = await startTrackingApp();
      const answer = await hit(body);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.json()).toMatchObject({ type: `urn:headcount:problem:${kind}`, status });
      expect(node.store.hitsInAll).toBe(0);
    });

    it('refuses content that it does not read', async () => {
      node = await startTrackingApp();
      expect((await hit('a=1', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode).toBe(
        415,
      );
      expect((await hit('<a/>', { 'content-type': 'text/xml' })).statusCode).toBe(415);
    });

    it('answers 503 when the store is away, and counts again when it is back', async () => {
      node = await startTrackingApp();
      node.store.isAway = true;
      const away = await hit();
      expect(away.statusCode).toBe(503);
      expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
      node.store.isAway = false;
      expect((await hit()).statusCode).toBe(202);
      expect(node.store.hitsInAll).toBe(1);
    });

    it('limits each address, but not a server that shows its write key', async () => {
      node = await startTrackingApp({ hitsPerMinute: 3 });
      for (let i = 0; i < 3; i++) expect((await hit()).statusCode).toBe(202);
      const refused = await hit();
      expect(refused.statusCode).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.json()).toMatchObject({ type: 'urn:headcount:problem:rate-limited', limit: 3 });
      expect(node.store.droppedFor('rate-limited')).toBe(1);
      expect((await hit(undefined, { authorization: `Bearer ${WRITE_KEY}` })).statusCode).toBe(202);
      expect((await hit(undefined, { 'x-forwarded-for': '203.0.113.5' })).statusCode).toBe(202);
      node.clock.advance(60_000);
      expect((await hit()).statusCode).toBe(202);
    });

    it('takes the site’s own id with a write key, under scheme site-id', async () => {
      node = await startTrackingApp({ visitor: 'site-id' });
      const key = { authorization: `Bearer ${WRITE_KEY}` };
      expect((await hit({ visitor: 'u1' })).statusCode).toBe(401);
      expect((await hit({ visitor: 'u1' }, { authorization: 'Bearer hc_write_wrong' })).statusCode).toBe(401);
      expect((await hit({ visitor: 'u1' }, key)).json()).toEqual({ counted: true });
      expect(
        (await hit({ visitor: 'u1' }, { 'x-api-key': ADMIN_KEY, 'x-forwarded-for': '203.0.113.5' }))
          .statusCode,
      ).toBe(202);
      expect((await hit({ visitor: 'u2' }, key)).statusCode).toBe(202);
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(2);
      expect((await hit({}, key)).json()).toEqual({ counted: false, reason: 'no-visitor' });
    });

    it('refuses the site’s own id under any other scheme', async () => {
      node = await startTrackingApp();
      const answer = await hit({ visitor: 'u1' }, { authorization: `Bearer ${WRITE_KEY}` });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ field: 'visitor' });
    });

    it('answers preflights', async () => {
      node = await startTrackingApp({ corsOrigins: ['https://site.example'] });
      const preflight = (origin: string) =>
        node.app.inject({
          method: 'OPTIONS',
          url: '/v1/hits',
          headers: { origin, 'access-control-request-method': 'POST' },
        });
      const known = await preflight('https://site.example');
      expect(known.statusCode).toBe(204);
      expect(known.headers['access-control-allow-origin']).toBe('https://site.example');
      expect(known.headers['access-control-allow-credentials']).toBe('true');
      expect(known.headers['access-control-allow-headers']).toContain('content-type');
      const stranger = await preflight('https://other.example');
      expect(stranger.headers['access-control-allow-origin']).toBe('*');
      expect(stranger.headers['access-control-allow-credentials']).toBeUndefined();
      expect(stranger.headers.vary).toBe('origin');
    });

    it('has 1,000 first hits of one visitor at once count 1', async () => {
      node = await startTrackingApp();
      await Promise.all(Array.from({ length: 1_000 }, () => hit()));
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(1);
      expect(node.store.hits.get(TODAY)).toBe(1_000);
    });
  });

  describe('scheme cookie', () => {
    it('gives a browser its cookie once and counts by it', async () => {
      node = await startTrackingApp({ visitor: 'cookie' });
      const first = await hit();
      const cookie = String(first.headers['set-cookie']);
      expect(cookie).toMatch(
        /^client_id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}; Max-Age=31536000; HttpOnly; SameSite=Lax; Path=\/$/,
      );
      const again = await hit(undefined, { cookie: cookie.split(';')[0]!, 'x-forwarded-for': '203.0.113.5' });
      expect(again.headers['set-cookie']).toBeUndefined();
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(1);
      expect(node.store.hits.get(TODAY)).toBe(2);
    });

    it('replaces a forged cookie', async () => {
      node = await startTrackingApp({ visitor: 'cookie' });
      for (const forged of ['admin', UUID.replace('4f0e', '1f0e'), UUID.toUpperCase(), '']) {
        const answer = await hit(undefined, { cookie: `client_id=${forged}` });
        expect(answer.headers['set-cookie']).toBeDefined();
      }
    });

    it('gives no cookie to whom it does not count', async () => {
      node = await startTrackingApp({ visitor: 'cookie' });
      expect((await hit(undefined, { dnt: '1' })).headers['set-cookie']).toBeUndefined();
      expect((await hit(undefined, { 'user-agent': 'curl/8.5.0' })).headers['set-cookie']).toBeUndefined();
      expect((await hit({ consent: false })).headers['set-cookie']).toBeUndefined();
    });

    it('does not invent a visitor for each hit where the browser keeps no cookie', async () => {
      node = await startTrackingApp({ visitor: 'cookie' });
      const answer = await hit(undefined, { 'sec-fetch-site': 'cross-site' });
      expect(answer.json()).toEqual({ counted: false, reason: 'no-cookie' });
      const kept = await hit(undefined, { 'sec-fetch-site': 'cross-site', cookie: `client_id=${UUID}` });
      expect(kept.json()).toEqual({ counted: true });
    });

    it('marks the cookie Secure on a node that is reached by HTTPS', async () => {
      node = await startTrackingApp({ visitor: 'cookie', publicUrl: 'https://count.example' });
      expect(String((await hit()).headers['set-cookie'])).toMatch(/; Secure$/);
    });

    it('drops batch entries, which have none', async () => {
      node = await startTrackingApp({ visitor: 'cookie' });
      expect((await batch({ hits: [seen('203.0.113.1')] })).json()).toEqual({
        counted: 0,
        dropped: { 'no-cookie': 1 },
      });
    });
  });

  it('sets no cookie under a scheme without', async () => {
    node = await startTrackingApp();
    expect((await hit()).headers['set-cookie']).toBeUndefined();
  });

  describe('GET /v1/hit.gif', () => {
    const pixel = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
      node.app.inject({ method, url: '/v1/hit.gif?path=/a', headers: { 'user-agent': BROWSER, ...headers } });

    it('counts like a hit and is a picture that nobody keeps', async () => {
      node = await startTrackingApp();
      const answer = await pixel();
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('image/gif');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.rawPayload).toHaveLength(43);
      expect(answer.rawPayload.subarray(0, 6).toString()).toBe('GIF89a');
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(1);
    });

    it('is the picture also when the hit does not count', async () => {
      node = await startTrackingApp({ hitsPerMinute: 1 });
      await pixel();
      for (const answer of [await pixel(), await pixel({ dnt: '1' }), await pixel({}, 'HEAD')]) {
        expect(answer.statusCode).toBe(200);
        expect(answer.headers['content-type']).toBe('image/gif');
      }
      expect(node.store.hits.get(TODAY)).toBe(1);
    });

    it('fails only with the store', async () => {
      node = await startTrackingApp();
      node.store.isAway = true;
      expect((await pixel()).statusCode).toBe(503);
    });
  });

  describe('POST /v1/hits:batch', () => {
    it('needs a write key', async () => {
      node = await startTrackingApp();
      expect((await batch({ hits: [] }, { authorization: '' })).statusCode).toBe(401);
      expect((await batch({ hits: [] }, { authorization: 'Bearer hc_write_other' })).statusCode).toBe(401);
      expect((await batch({ hits: [] }, { authorization: `Bearer ${ADMIN_KEY}` })).statusCode).toBe(202);
    });

    it('takes a request over the node’s own socket for the administrator’s', async () => {
      node = await startTrackingApp();
      await node.app.listen(0, '127.0.0.1');
      const url = `${await node.app.getUrl()}/v1/hits:batch`;
      const send = () =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: '{"hits":[]}',
        });
      expect((await send()).status).toBe(401);
      node.app.getHttpServer().on('connection', (socket: Socket) => node.local.add(socket));
      expect((await send()).status).toBe(202);
    });

    it('counts each entry on its own day and tallies what it dropped', async () => {
      node = await startTrackingApp();
      const answer = await batch({
        hits: [
          seen('203.0.113.1'),
          seen('203.0.113.1', { at: '2026-11-22T11:59:00Z' }),
          seen('203.0.113.2', { at: '2026-11-21T23:59:59.999Z' }),
          seen('203.0.113.3', { at: '2026-11-10T00:00:00Z' }),
          seen('203.0.113.4', { dnt: true }),
          { address: '203.0.113.5', userAgent: 'Googlebot/2.1' },
          { address: '203.0.113.6', userAgent: 'Googlebot/2.1' },
        ],
      });
      expect(answer.statusCode).toBe(202);
      expect(answer.json()).toEqual({ counted: 4, dropped: { 'do-not-track': 1, bot: 2 } });
      expect(Object.fromEntries(node.store.hits)).toEqual({ [TODAY]: 2, '2026-11-21': 1, '2026-11-10': 1 });
      expect(node.store.uniques(TODAYS_SKETCH)).toBe(1);
      expect([...node.store.hourHits.keys()].sort()).toEqual([
        '2026-11-21T23',
        '2026-11-22T11',
        '2026-11-22T12',
      ]);
      expect(node.store.droppedFor('bot')).toBe(2);
    });

    it('counts a repeated batch once', async () => {
      node = await startTrackingApp();
      const hits = [seen('203.0.113.1'), { address: '203.0.113.5', userAgent: 'Googlebot/2.1' }];
      const key = { 'idempotency-key': 'batch-1' };
      expect((await batch({ hits }, key)).json()).toEqual({ counted: 1, dropped: { bot: 1 } });
      expect((await batch({ hits }, key)).json()).toEqual({
        counted: 1,
        dropped: { bot: 1 },
        repeated: true,
      });
      expect(node.store.hitsInAll).toBe(1);
      expect(node.store.droppedFor('bot')).toBe(1);
      for (const bad of ['', 'a b', 'x'.repeat(129)]) {
        const refused = await batch({ hits }, { 'idempotency-key': bad });
        expect(refused.statusCode).toBe(400);
        expect(refused.json()).toMatchObject({ field: 'Idempotency-Key' });
      }
    });

    it.each([
      [{ at: '2026-11-22T12:01:00.001Z' }, 422, 'hits[3].at'],
      [{ at: '2025-10-18T11:59:59Z' }, 422, 'hits[3].at'],
      [{ at: 'yesterday' }, 400, 'hits[3].at'],
      [{ address: '300.1.1.1' }, 400, 'hits[3].address'],
      [{ visitor: 'u1' }, 422, 'hits[3].visitor'],
      [{ extra: 1 }, 400, 'hits[3].extra'],
    ])('refuses the whole batch for %j', async (change, status, field) => {
      node = await startTrackingApp();
      const hits: object[] = [1, 2, 3, 4, 5].map((i) => seen(`203.0.113.${i}`));
      hits[3] = { ...hits[3], ...change };
      const answer = await batch({ hits });
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ status, field });
      expect(node.store.hitsInAll).toBe(0);
    });

    it('takes times up to the edges', async () => {
      node = await startTrackingApp();
      const hits = [
        seen('203.0.113.1', { at: '2026-11-22T12:01:00Z' }),
        seen('203.0.113.1', { at: '2025-10-18T12:00:00Z' }),
      ];
      expect((await batch({ hits })).json()).toEqual({ counted: 2, dropped: {} });
    });

    it('takes 500 entries and no more', async () => {
      node = await startTrackingApp();
      const hits = Array.from({ length: 501 }, (_, i) => seen(`10.0.${i >> 8}.${i & 255}`));
      expect((await batch({ hits: hits.slice(0, 500) })).json()).toEqual({ counted: 500, dropped: {} });
      const answer = await batch({ hits });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ field: 'hits', limit: 500 });
    });

    it('keeps the number of people of a day whose keys are gone, however the import is cut', async () => {
      node = await startTrackingApp();
      const at = '2026-01-05T10:00:00Z';
      const people = Array.from({ length: 300 }, (_, i) => seen(`10.1.${i >> 8}.${i & 255}`, { at }));
      await batch({ hits: people.slice(0, 200) });
      await batch({ hits: people.slice(100, 300) });
      await batch({ hits: people.slice(0, 100) });
      expect(Math.abs(node.store.imported.get('2026-01-05')! - 300)).toBeLessThan(10);
      expect(node.store.hits.get('2026-01-05')).toBe(500);
    });

    it('answers 503 and counts nothing when the store is away', async () => {
      node = await startTrackingApp();
      node.store.isAway = true;
      expect((await batch({ hits: [seen('203.0.113.1')] })).statusCode).toBe(503);
      expect(node.store.hitsInAll).toBe(0);
    });

    it('has its literal colon: nothing else matches', async () => {
      node = await startTrackingApp();
      for (const url of ['/v1/hitsbatch', '/v1/hits::batch', '/v1/hitsXbatch', '/v1/hits:other']) {
        expect((await node.app.inject({ method: 'POST', url, payload: { hits: [] } })).statusCode).toBe(404);
      }
    });
  });

  it('has no such routes on a node that does not count', async () => {
    node = await startTrackingApp({ counting: false });
    const answers = [
      await hit(),
      await batch({ hits: [] }),
      await node.app.inject({ method: 'GET', url: '/v1/hit.gif' }),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ type: 'urn:headcount:problem:not-found' });
    }
  });

  it('answers no error with what the visitor sent or who it is', async () => {
    node = await startTrackingApp({ hitsPerMinute: 1 });
    await hit();
    const answers = [await hit(), await hit({ secretField: 'secret-value' }), await hit('{"secret-value')];
    for (const { body } of answers) {
      expect(body).not.toContain('127.0.0.1');
      expect(body).not.toContain('secret-value');
    }
  });
});
