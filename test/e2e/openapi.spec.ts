import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { loadConfig } from '../../src/config/load-config.js';
import { type RunningNode, startNode } from '../../src/node.js';

const ADMIN_KEY = 'hc_admin_for-the-tests';
const WRITE_KEY = 'hc_write_for-the-tests';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0';
/** Where nothing answers: the exchanges are not started. */
const PEER = 'https://peer.example';

type Json = { [name: string]: unknown };
interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: Json }> }>;
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
}

const folder = mkdtempSync(join(tmpdir(), 'headcount-openapi-'));
let node: RunningNode;
let description: Description;

beforeAll(async () => {
  const config = loadConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    HEADCOUNT_DATA_DIR: join(folder, 'node'),
    HEADCOUNT_NAME: 'Described',
    HEADCOUNT_ADMIN_KEY: ADMIN_KEY,
    HEADCOUNT_WRITE_KEY: WRITE_KEY,
    HEADCOUNT_PEERS: PEER,
    HEADCOUNT_PUBLIC_URL: 'https://me.example',
    HEADCOUNT_LEGACY_REPORTS: 'open',
  });
  node = await startNode(config, { listens: true, exchanges: false });
  description = (await (await fetch(`${node.url}/openapi.json`)).json()) as Description;
}, 30_000);

afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

function operations(): [string, Operation][] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** Every described object with nothing beside what is described. */
function narrowed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(narrowed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, narrowed(value)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

async function answerOf(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${node.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${path === '/v1/hits:batch' ? WRITE_KEY : ADMIN_KEY}`,
      'user-agent': BROWSER,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function schemaOf(method: string, path: string, status: number): Json {
  const [base = ''] = path.split('?');
  const responses = description.paths[base]?.[method.toLowerCase()]?.responses ?? {};
  const content = (responses[status] ?? responses.default)?.content ?? {};
  const schema = Object.values(content)[0]?.schema;
  if (!schema) throw new Error(`${method} ${base} ${status} has no schema`);
  return schema;
}

describe('/openapi.json', () => {
  it('describes every answer that has a body', () => {
    const bare = operations().flatMap(([name, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => status !== '304')
        .filter(([, { content }]) => !Object.values(content ?? {}).some(({ schema }) => schema))
        .map(([status]) => `${name} ${status}`),
    );
    expect(bare).toEqual([]);
  });

  it('names a success of every route, the calls of other nodes among them', () => {
    const without = operations().filter(
      ([, { responses }]) => !Object.keys(responses).some((s) => /^2/.test(s)),
    );
    expect(without.map(([name]) => name)).toEqual([]);
    expect(operations().map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'POST /federation/v1/join',
        'POST /federation/v1/reports',
        'GET /federation/v1/total',
      ]),
    );
  });

  // In this order: the later ones show what the earlier ones did.
  it.each<[string, string, unknown?]>([
    ['POST', '/v1/admin/federation', { name: 'Described' }],
    ['POST', '/v1/hits'],
    ['POST', '/v1/hits', { pathh: 1 }],
    ['POST', '/v1/hits:batch', { hits: [{ address: '203.0.113.9', userAgent: BROWSER }] }],
    ['POST', '/api/stats/report-users', { count: 5, instanceId: 'old-instance' }],
    ['POST', '/api/stats/report-users', { count: 0, instanceId: 'old-instance' }],
    ['POST', '/v1/admin/exchange', {}],
    ['GET', '/v1/session'],
    ['POST', '/v1/login', { name: 'nobody', password: 'x' }],
    ['POST', '/v1/setup', { token: 'A'.repeat(43), name: 'a', password: 'correct horse battery' }],
    ['POST', '/v1/login/link', { token: 'A'.repeat(43), password: 'correct horse battery' }],
    ['GET', '/v1/account'],
    ['GET', '/v1/privacy'],
    ['GET', '/v1/admin/settings'],
    ['PUT', '/v1/admin/settings', { name: 'Other' }],
    ['PUT', '/v1/admin/settings', { listed: false }],
    ['GET', '/v1/admin/address'],
    ['POST', '/v1/admin/keys', { name: 'CI', kind: 'write' }],
    ['GET', '/v1/admin/keys'],
    ['POST', '/v1/admin/shares', { name: 'A friend', days: 7 }],
    ['GET', '/v1/admin/shares'],
    ['GET', '/v1/admin/retention'],
    ['POST', '/v1/admin/retention', { keptDays: 100 }],
    ['POST', '/v1/admin/backup', { withKeys: true }],
    ['GET', '/v1/admin/backup'],
    ['POST', '/v1/admin/accounts', { name: 'anna', role: 'administrator' }],
    ['GET', '/v1/admin/accounts'],
    ['GET', '/v1/admin/status'],
    ['GET', '/v1/admin/peers'],
    ['GET', '/v1/admin/federation'],
    ['GET', '/v1/admin/federation/export'],
    ['GET', '/v1/admin/total'],
    ['GET', '/v1/admin/federation/origins'],
    ['GET', '/v1/admin/federation/overlaps'],
    ['GET', '/v1/admin/federation/rulings'],
    ['POST', '/v1/admin/federation/rulings', { node: 'A'.repeat(43), verdict: 'hold' }],
    ['POST', '/v1/admin/federation/release', { node: 'A'.repeat(43), day: '2020-01-01' }],
    ['GET', `/v1/admin/federation/effect?action=hold&node=${'A'.repeat(43)}`],
    ['GET', '/v1/admin/alerts'],
    ['POST', '/v1/admin/federation/resume'],
    ['GET', '/v1/admin/joining'],
    ['POST', '/v1/admin/invites'],
    ['POST', '/v1/admin/join', { invite: 'x' }],
    ['POST', '/v1/admin/endorse', { node: 'A'.repeat(43) }],
    ['GET', '/v1/admin/audit'],
    ['GET', '/v1/admin/legacy'],
    ['GET', '/v1/admin/reports/self?day=2020-01-01'],
    ['GET', '/v1/counts?scope=local'],
    ['GET', '/v1/counts?window=2d'],
    ['GET', '/v1/counts?window=all'],
    ['GET', '/v1/now'],
    ['GET', '/v1/history?days=2'],
    ['GET', '/v1/instances'],
    ['GET', '/.well-known/headcount'],
    ['GET', '/.well-known/nodeinfo'],
    ['GET', '/nodeinfo/2.1'],
    ['GET', '/health'],
    ['GET', '/ready'],
    ['POST', '/health'],
    ['POST', '/keepalive'],
    ['GET', '/stats'],
    ['POST', '/cleanup', { days_to_keep: 0 }],
    ['POST', '/cleanup', { days_to_keep: 90 }],
    ['POST', '/api/stats/track-user'],
    ['GET', '/api/stats/users'],
  ])('says of %s %s what it answers, and no less', async (method, path, ...[body]) => {
    const answer = await answerOf(method, path, body);
    const schema = narrowed(schemaOf(method, path, answer.status)) as Parameters<typeof z.fromJSONSchema>[0];
    const read = z.fromJSONSchema(schema).safeParse(await answer.json());
    expect(read.error?.issues).toBeUndefined();
  });

  it('was held against a total with an instance in it', async () => {
    const answer = await (await answerOf('GET', '/v1/instances')).json();
    expect(answer).toMatchObject({ instances: [{ name: 'Described', windows: { '30d': { estimate: 2 } } }] });
  });
});
