import { afterEach, describe, expect, it } from '@jest/globals';
import { addDays } from '../../src/clock/day.js';
import { ADMIN_KEY, BROWSER, startTrackingApp, TODAY, type TrackingApp, WRITE_KEY } from './tracking-app.js';

const UUID_COOKIE =
  /^client_id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}; Max-Age=31536000; HttpOnly; SameSite=Lax; Path=\/$/;
const UUID = '0b7f7f2e-3c59-4f0e-9f27-6f0b9c1d2e3f';
const PYTHON = 'python-requests/2.32.3';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

let node: TrackingApp;

afterEach(() => node.app.close());

function call(
  method: 'GET' | 'POST' | 'OPTIONS',
  url: string,
  payload?: unknown,
  headers: Record<string, string> = {},
) {
  return node.app.inject({
    method,
    url,
    headers: {
      'user-agent': BROWSER,
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload === undefined
      ? {}
      : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
}

describe('the cookie counter’s API (S0)', () => {
  it('answers the two requests of its document literally', async () => {
    node = await startTrackingApp({ visitor: 'cookie' });
    const first = await call('POST', '/health', undefined, { 'user-agent': PYTHON });
    expect(first.statusCode).toBe(200);
    expect(first.body).toBe(
      '{"status":"healthy","new_client":true,"daily_active_users":1,"monthly_active_users":1}',
    );
    expect(first.headers['set-cookie']).toMatch(UUID_COOKIE);
    const cookie = String(first.headers['set-cookie']).split(';')[0]!;
    const second = await call('POST', '/health', undefined, { 'user-agent': PYTHON, cookie });
    expect(second.json()).toEqual({
      status: 'healthy',
      new_client: false,
      daily_active_users: 1,
      monthly_active_users: 1,
    });
    expect(second.headers['set-cookie']).toBeUndefined();
  });

  it('takes a keepalive, an empty body of any type, and the name of a server', async () => {
    node = await startTrackingApp();
    for (const answer of [
      await call('POST', '/keepalive'),
      await call('POST', '/keepalive', ''),
      await call('POST', '/health', { server: 'amsterdam-1' }),
      await call('POST', '/health', '', { 'content-type': 'application/x-www-form-urlencoded' }),
    ]) {
      expect(answer.statusCode).toBe(200);
      expect(Object.keys(answer.json())).toEqual([
        'status',
        'new_client',
        'daily_active_users',
        'monthly_active_users',
      ]);
    }
    expect(node.store.hits.get(TODAY)).toBe(4);
  });

  it('hands out the cookie under any scheme, but counts by the scheme', async () => {
    node = await startTrackingApp();
    for (let i = 0; i < 3; i++) {
      const answer = await call('POST', '/health');
      expect(answer.headers['set-cookie']).toMatch(UUID_COOKIE);
      expect(answer.json()).toMatchObject({ new_client: true, daily_active_users: 1 });
    }
  });

  it('does not take a forged cookie for a client', async () => {
    node = await startTrackingApp({ visitor: 'cookie' });
    const forged = await call('POST', '/health', undefined, { cookie: 'client_id=hello' });
    expect(forged.json()).toMatchObject({ new_client: true });
    expect(forged.headers['set-cookie']).toMatch(UUID_COOKIE);
    const real = await call('POST', '/health', undefined, { cookie: `client_id=${UUID}` });
    expect(real.json()).toMatchObject({ new_client: false, daily_active_users: 2 });
  });

  it('shows its statistics to an administrator only', async () => {
    node = await startTrackingApp();
    await call('POST', '/health');
    expect((await call('GET', '/stats')).statusCode).toBe(401);
    expect((await call('GET', '/stats', undefined, { 'x-api-key': WRITE_KEY })).statusCode).toBe(403);
    expect((await call('GET', '/stats')).json()).toEqual({ success: false, error: expect.any(String) });
    const answer = await call('GET', '/stats', undefined, ADMIN);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      success: true,
      data: {
        daily_active_users: 1,
        monthly_active_users: 1,
        total_unique_users: 1,
        daily_breakdown: [{ date: TODAY, users: 1 }],
        timestamp: '2026-11-22T12:00:00.000Z',
      },
    });
  });

  it('breaks down the days with visitors, newest first', async () => {
    node = await startTrackingApp({ compatPublicReads: true });
    const hits = [0, 2, 7, 8].map((daysBack) => ({
      at: `${addDays(TODAY, -daysBack)}T10:00:00Z`,
      address: `203.0.113.${daysBack + 1}`,
      userAgent: BROWSER,
    }));
    await call('POST', '/v1/hits:batch', { hits }, ADMIN);
    const { data } = (await call('GET', '/stats')).json();
    expect(data.daily_breakdown).toEqual([
      { date: TODAY, users: 1 },
      { date: addDays(TODAY, -2), users: 1 },
      { date: addDays(TODAY, -7), users: 1 },
    ]);
    expect(data.monthly_active_users).toBe(4);
  });

  it('cleans up what is older than it is told to keep', async () => {
    node = await startTrackingApp();
    for (const daysBack of [0, 90, 91, 200]) node.store.hits.set(addDays(TODAY, -daysBack), 1);
    expect((await call('POST', '/cleanup', { days_to_keep: 90 })).statusCode).toBe(401);
    const answer = await call('POST', '/cleanup', undefined, ADMIN);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{"success":true,"message":"Cleaned up 2 old records","deleted_count":2}');
    expect([...node.store.hits.keys()]).toEqual([TODAY, addDays(TODAY, -90)]);
    expect((await call('POST', '/cleanup', { days_to_keep: 1 }, ADMIN)).json()).toMatchObject({
      deleted_count: 1,
    });
    expect(await node.audit.newest(10)).toMatchObject([
      { action: 'forget days', subject: { before: addDays(TODAY, -1) } },
      { action: 'forget days', subject: { before: addDays(TODAY, -90) } },
    ]);
  });

  it.each([0, -1, 1.5, '90', null, 1e9])('refuses to keep %j days', async (daysToKeep) => {
    node = await startTrackingApp();
    node.store.hits.set(TODAY, 1);
    const answer = await call('POST', '/cleanup', { days_to_keep: daysToKeep }, ADMIN);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ success: false, error: expect.stringContaining('days_to_keep') });
    expect(node.store.hits.size).toBe(1);
  });

  it('answers errors in its own bodies, with true status codes', async () => {
    node = await startTrackingApp({ hitsPerMinute: 1 });
    const malformed = await call('POST', '/health', '{');
    expect([malformed.statusCode, malformed.json()]).toEqual([400, { error: expect.any(String) }]);
    await call('POST', '/health');
    const limited = await call('POST', '/health');
    expect([limited.statusCode, limited.json()]).toEqual([429, { error: expect.any(String) }]);
    node.store.isAway = true;
    const away = await call('POST', '/keepalive', undefined, { 'x-forwarded-for': '203.0.113.5' });
    expect([away.statusCode, away.json()]).toEqual([503, { error: expect.any(String) }]);
    const cleanup = await call('POST', '/cleanup', {}, ADMIN);
    expect([cleanup.statusCode, cleanup.json()]).toEqual([
      503,
      { success: false, error: expect.any(String) },
    ]);
  });
});

describe('the add-on counter’s API (S2)', () => {
  const report = (payload: unknown) => call('POST', '/api/stats/report-users', payload);

  it('tracks a user without a body and answers the local count', async () => {
    node = await startTrackingApp();
    const first = await call('POST', '/api/stats/track-user', '');
    expect(first.statusCode).toBe(200);
    expect(first.body).toBe('{"success":true,"count":1}');
    expect(first.headers['access-control-allow-origin']).toBe('*');
    expect(first.headers['access-control-allow-headers']).toBe('*');
    expect((await call('POST', '/api/stats/track-user')).json()).toEqual({ success: true, count: 1 });
    const other = await call('POST', '/api/stats/track-user', {}, { 'x-forwarded-for': '203.0.113.5' });
    expect(other.json()).toEqual({ success: true, count: 2 });
  });

  it('answers the count to any page, to be kept for five minutes', async () => {
    node = await startTrackingApp();
    await call('POST', '/api/stats/track-user');
    const answer = await call('GET', '/api/stats/users?_=1795305600');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{"count":1}');
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    await call('GET', '/api/stats/users?window=7d&scope=local');
    expect(node.questions).toEqual([
      { window: null, scope: null },
      { window: '7d', scope: 'local' },
    ]);
  });

  it.each(['window=8d', 'scope=everyone', 'window=1d&window=7d'])('refuses ?%s', async (query) => {
    node = await startTrackingApp();
    const answer = await call('GET', `/api/stats/users?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ error: expect.any(String) });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers preflights of any page', async () => {
    node = await startTrackingApp();
    for (const route of ['track-user', 'users', 'report-users']) {
      const answer = await call('OPTIONS', `/api/stats/${route}`);
      expect(answer.statusCode).toBe(204);
      expect(answer.headers['access-control-allow-headers']).toBe('*');
    }
  });

  it('keeps a report waiting until an administrator lists the instance', async () => {
    node = await startTrackingApp();
    const answer = await report({ count: 500, instanceId: 'my-instance-id' });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{"success":true}');
    expect(await node.legacyReports.find('my-instance-id')).toMatchObject({ count: 500, listed: false });
    await node.legacyReports.put({ instanceId: 'my-instance-id', count: 500, receivedAtMs: 0, listed: true });
    await report({ count: 600, instanceId: 'my-instance-id' });
    expect(await node.legacyReports.find('my-instance-id')).toMatchObject({ count: 600, listed: true });
  });

  it('shows it at once where the operator says open, and takes none where off', async () => {
    node = await startTrackingApp({ legacyReports: 'open' });
    await report({ count: 1, instanceId: 'a' });
    expect(await node.legacyReports.find('a')).toMatchObject({ listed: true });
    await node.app.close();
    node = await startTrackingApp({ legacyReports: 'off' });
    const answer = await report({ count: 1, instanceId: 'a' });
    expect([answer.statusCode, answer.json()]).toEqual([403, { error: expect.any(String) }]);
    expect(await node.legacyReports.list()).toEqual([]);
  });

  const REQUIRED = 'count and instanceId are required';
  it.each([
    ['', 'Request body is required'],
    ['[]', 'Request body is required'],
    ['"x"', 'Request body is required'],
    ['7', 'Request body is required'],
    ['null', 'Request body is required'],
    ['{}', REQUIRED],
    [{ count: 5 }, REQUIRED],
    [{ instanceId: 'a' }, REQUIRED],
    [{ count: 0, instanceId: 'a' }, REQUIRED],
    [{ count: 5, instanceId: '' }, REQUIRED],
    [{ count: -5, instanceId: 'a' }, 'count must be'],
    [{ count: 'abc', instanceId: 'a' }, 'count must be'],
    [{ count: '500', instanceId: 'a' }, 'count must be'],
    [{ count: 1.5, instanceId: 'a' }, 'count must be'],
    [{ count: 1e11, instanceId: 'a' }, 'count must be'],
    [{ count: [5], instanceId: 'a' }, 'count must be'],
    [{ count: 5, instanceId: 7 }, 'instanceId must have'],
    [{ count: 5, instanceId: 'a:b' }, 'instanceId must have'],
    [{ count: 5, instanceId: '../a' }, 'instanceId must have'],
    [{ count: 5, instanceId: 'x'.repeat(129) }, 'instanceId must have'],
    [{ count: 5, instanceId: 'a\n' }, 'instanceId must have'],
    ['{', 'The body must be one JSON document.'],
  ])('refuses the report %j', async (payload, error) => {
    node = await startTrackingApp();
    const answer = await report(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(Object.keys(answer.json())).toEqual(['error']);
    expect(answer.json().error).toContain(error);
    expect(await node.legacyReports.list()).toEqual([]);
  });

  it('lets only so many instances wait, also when they come at once', async () => {
    node = await startTrackingApp();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        call(
          'POST',
          '/api/stats/report-users',
          { count: 1, instanceId: `i${i}` },
          { 'x-forwarded-for': `203.0.113.${i + 1}` },
        ),
      ),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(50);
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(10);
    expect((await report({ count: 2, instanceId: 'i0' })).statusCode).toBe(200);
    expect(await node.legacyReports.list()).toHaveLength(50);
  });

  it('takes ten reports a minute from an address', async () => {
    node = await startTrackingApp();
    for (let i = 0; i < 10; i++) expect((await report({ count: 1, instanceId: 'a' })).statusCode).toBe(200);
    const refused = await report({ count: 1, instanceId: 'a' });
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('answers 503 in its own body when the store is away', async () => {
    node = await startTrackingApp();
    node.store.isAway = true;
    const answer = await call('POST', '/api/stats/track-user');
    expect([answer.statusCode, answer.json()]).toEqual([503, { error: expect.any(String) }]);
  });
});

it('a node that does not count reads, but tracks no one', async () => {
  node = await startTrackingApp({ counting: false, compatPublicReads: true });
  expect((await call('GET', '/api/stats/users')).statusCode).toBe(200);
  expect((await call('GET', '/stats')).statusCode).toBe(200);
  for (const url of ['/health', '/keepalive', '/api/stats/track-user']) {
    const answer = await call('POST', url);
    expect([answer.statusCode, answer.json()]).toEqual([404, { error: expect.any(String) }]);
  }
});
