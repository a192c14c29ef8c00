import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { loadConfig } from '../../src/config/load-config.js';
import { type RunningNode, startNode } from '../../src/node.js';

const ADMIN_KEY = 'hc_admin_for-the-tests';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0';
type Json = Record<string, unknown>;

let folder: string;
let node: RunningNode;

async function start(settings: Record<string, string> = {}): Promise<void> {
  const config = loadConfig({
    ...{ PORT: '0', HOST: '127.0.0.1', HEADCOUNT_DATA_DIR: join(folder, 'node') },
    ...{ HEADCOUNT_ADMIN_KEY: ADMIN_KEY, ...settings },
  });
  node = await startNode(config, { listens: true, exchanges: false });
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${ADMIN_KEY}` },
): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${node.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headcount-settings-'));
  await start();
});

afterEach(async () => {
  await node.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a node that stops', () => {
  it('answers what was begun, and refuses with its reason what comes after it on the same connection', async () => {
    const { hostname, port } = new URL(node.url ?? '');
    const socket = connect(Number(port), hostname).setEncoding('latin1');
    const received: string[] = [];
    socket.on('data', (text: string) => received.push(text));
    const head = `POST /v1/hits HTTP/1.1\r\nHost: a\r\nUser-Agent: ${BROWSER}\r\nContent-Type: application/json\r\n`;
    socket.write(`GET /health HTTP/1.1\r\nHost: a\r\n\r\n${head}Content-Length: 13\r\n\r\n{"path"`);
    // The second has begun when the first is answered: they came together.
    await once(socket, 'data');
    const stopped = node.stop();
    socket.write(`:"/a"}${head}Content-Length: 2\r\n\r\n{}`);
    await once(socket, 'close');
    await stopped;
    const answers = received.join('').split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '202', '503']);
    expect(answers[2]).toMatch(/retry-after: 1\r\n/i);
    expect(answers[2]).toContain('urn:headcount:problem:stopping');
    await start();
  });

  it('refuses with its reason also a hit whose body comes only then, and in parts', async () => {
    const { hostname, port } = new URL(node.url ?? '');
    const socket = connect(Number(port), hostname).setEncoding('latin1').setNoDelay();
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.write(
      `POST /v1/hits HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n`,
    );
    await once(socket, 'data');
    const received: string[] = [];
    socket.on('data', (text: string) => received.push(text));
    const stopped = node.stop();
    socket.write('{"path"');
    await once(socket, 'close');
    await stopped;
    expect(received.join('')).toContain('urn:headcount:problem:stopping');
    await start();
  });
});

describe('settings', () => {
  it('are kept, and in effect after the new start that they ask for', async () => {
    const { body } = await ask('PUT', '/v1/admin/settings', { name: 'Reading Room', publicCounts: false });
    expect(body).toMatchObject({
      settings: { name: { value: 'Reading Room', fixed: false }, listed: { value: true } },
      restarting: true,
    });
    await node.restartWanted;
    await node.stop();
    await start();
    const again = await ask('PUT', '/v1/admin/settings', { name: 'Reading Room' });
    expect(again.body.restarting).toBe(false);
    expect((await ask('GET', '/v1/admin/status')).body.name).toBe('Reading Room');
    expect((await ask('GET', '/v1/counts', undefined, {})).status).toBe(401);
    await ask('PUT', '/v1/admin/settings', { name: null });
    await node.stop();
    await start();
    expect((await ask('GET', '/v1/admin/status')).body.name).toBeNull();
  });

  it('that the operator fixed win, and are refused', async () => {
    await ask('PUT', '/v1/admin/settings', { name: 'Chosen' });
    await node.stop();
    await start({ HEADCOUNT_NAME: 'Fixed' });
    expect((await ask('GET', '/v1/admin/settings')).body).toMatchObject({
      settings: { name: { value: 'Fixed', fixed: true } },
    });
    const refused = await ask('PUT', '/v1/admin/settings', { name: 'Other' });
    expect([refused.status, refused.body.field]).toEqual([409, 'name']);
  });

  it('that are wrong are refused, and nothing of them is kept', async () => {
    const wrong: [string, Json, number][] = [
      ['publicUrl', { publicUrl: 'ftp://x.example' }, 422],
      ['trustProxy', { name: 'Fine', trustProxy: ['10.0.0.0/33'] }, 422],
      ['role', { role: 'hub' }, 422],
      ['role', { role: 'emperor' }, 422],
      ['adminKey', { adminKey: 'a key that is long enough' }, 400],
      ['name', { name: 'x'.repeat(81) }, 422],
    ];
    for (const [field, body, status] of wrong) {
      const refused = await ask('PUT', '/v1/admin/settings', body);
      expect([field, refused.status]).toEqual([refused.body.field, status]);
    }
    expect((await ask('GET', '/v1/admin/settings')).body).toMatchObject({
      ...{ settings: { name: { value: null }, role: { value: 'standalone' } }, restarting: false },
    });
  });

  it('that fit no more are left out with a warning, and the node starts', async () => {
    await ask('PUT', '/v1/admin/settings', { role: 'hub', publicUrl: 'https://hub.example' });
    await node.stop();
    const mesh = { HEADCOUNT_PEERS: 'https://another.example', HEADCOUNT_PUBLIC_URL: 'https://own.example' };
    await start(mesh);
    expect(node.config.role).toBe('peer');
    expect(node.warnings.join()).toContain('set in the browser');
  });
});

describe('keys and links', () => {
  it('open what they are for until they are revoked or expire', async () => {
    await node.stop();
    await start({ HEADCOUNT_PUBLIC_COUNTS: 'false' });
    const { body: key } = await ask('POST', '/v1/admin/keys', { name: 'CI', kind: 'read' });
    const { body: share } = await ask('POST', '/v1/admin/shares', { name: 'A friend', days: 7 });
    const link = (share.path as string).split('#')[1] ?? '';
    expect(link).toMatch(/^hc_overview_[A-Za-z0-9_-]{32}$/);
    for (const text of [key.text, link]) {
      const bearer = { authorization: `Bearer ${text}` };
      const counts = await fetch(`${node.url}/v1/counts`, { headers: bearer });
      expect([counts.status, counts.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
      expect((await ask('GET', '/v1/admin/status', undefined, bearer)).status).toBe(403);
    }
    const { body: listed } = await ask('GET', '/v1/admin/shares');
    const [shared] = listed.keys as { id: string; name: string; expiresAt: string }[];
    expect(shared).toMatchObject({ name: 'A friend', lastUsedAt: expect.any(String) });
    expect(JSON.stringify(listed)).not.toContain(link);
    expect((await ask('DELETE', `/v1/admin/keys/${shared?.id}`)).status).toBe(200);
    const bearer = { authorization: `Bearer ${link}` };
    expect((await ask('GET', '/v1/counts', undefined, bearer)).status).toBe(401);
    expect((await ask('DELETE', `/v1/admin/keys/${shared?.id}`)).status).toBe(404);
  });

  it('are refused with another kind, and with a name that hides something', async () => {
    const wrong = [
      { name: '', kind: 'read' },
      { name: 'a\u202eb', kind: 'read' },
      { name: 'x', kind: 'overview' },
      { name: 'x', kind: 'root' },
    ];
    for (const body of wrong) expect((await ask('POST', '/v1/admin/keys', body)).status).toBe(400);
  });
});

describe('what address do I see you as', () => {
  it('shows the whole way, and believes only a trusted proxy', async () => {
    const headers = {
      ...{ authorization: `Bearer ${ADMIN_KEY}`, 'x-forwarded-for': '198.51.100.1, 10.0.0.2' },
    };
    expect((await ask('GET', '/v1/admin/address', undefined, headers)).body).toMatchObject({
      ...{ address: '127.0.0.1', connection: '127.0.0.1', isProxyTrusted: false, trustProxy: [] },
    });
    await node.stop();
    await start({ HEADCOUNT_TRUST_PROXY: '127.0.0.1,10.0.0.0/8' });
    expect((await ask('GET', '/v1/admin/address', undefined, headers)).body).toMatchObject({
      ...{ address: '198.51.100.1', isProxyTrusted: true },
      forwarded: [
        { text: '198.51.100.1', trusted: false },
        { text: '10.0.0.2', trusted: true },
      ],
    });
  });
});

describe('retention', () => {
  it('says what would be forgotten, and forgets it only when it is told to', async () => {
    const at = new Date(Date.now() - 100 * 86_400_000).toISOString();
    const hits = [1, 2, 3].map((last) => ({ at, address: `203.0.113.${last}`, userAgent: BROWSER }));
    await ask('POST', '/v1/hits:batch', { hits });
    const keep = (body: Json) => ask('POST', '/v1/admin/retention', body);
    const day = at.slice(0, 10);
    const found = { days: 1, hits: 3, from: day, to: day };
    expect((await keep({ keptDays: 90 })).body).toMatchObject({ dryRun: true, ...found });
    expect((await keep({ keptDays: 100 })).body).toMatchObject({ days: 0, hits: 0, from: null });
    expect((await keep({ keptDays: 61 })).status).toBe(400);
    expect((await ask('GET', '/v1/admin/retention')).body.keptDays).toBe(400);
    expect((await keep({ keptDays: 90, dryRun: false })).body).toMatchObject(found);
    expect((await keep({ keptDays: 90 })).body).toMatchObject({ days: 0 });
    expect((await ask('GET', '/v1/privacy', undefined, {})).body.keptDays).toBe(90);
  });
});

describe('a backup', () => {
  it('is whole, private, and without the epoch keys unless they are asked for', async () => {
    const visit = () => fetch(`${node.url}/v1/hits`, { method: 'POST', headers: { 'user-agent': BROWSER } });
    await visit();
    const [{ body: made }] = await Promise.all([
      ask('POST', '/v1/admin/backup', {}),
      ...Array.from({ length: 50 }, visit),
    ]);
    const path = join(folder, 'node', 'backups', made.name as string);
    expect((await readdir(path)).sort()).toEqual(['counts.sqlite', 'node-key.pem', 'records.sqlite']);
    for (const file of await readdir(path)) expect((await stat(join(path, file))).mode & 0o777).toBe(0o600);
    for (const file of ['counts.sqlite', 'records.sqlite']) {
      const copy = new Database(join(path, file), { readonly: true });
      expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
      copy.close();
    }
    expect((await ask('DELETE', '/v1/admin/backup/..%2F..')).status).toBe(404);
    expect((await ask('DELETE', `/v1/admin/backup/${made.name}`)).body).toMatchObject({ backups: [] });
    const { body: whole } = await ask('POST', '/v1/admin/backup', { withKeys: true });
    expect(whole.hasKeys).toBe(true);
  });

  it('is downloaded as a tar that is the backup, and the log says so', async () => {
    const { body: made } = await ask('POST', '/v1/admin/backup', { withKeys: true });
    const path = `/v1/admin/backup/${made.name}`;
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const answer = await fetch(`${node.url}${path}`, { headers });
    const archive = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('content-length')).toBe(String(archive.length));
    expect(answer.headers.get('content-disposition')).toContain(`headcount-${made.name}.tar`);
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: archive });
    const restored = join(folder, `headcount-${made.name}`);
    const original = join(folder, 'node', 'backups', made.name as string);
    expect((await readdir(restored)).sort()).toEqual((await readdir(original)).sort());
    for (const file of await readdir(original))
      expect(await readFile(join(restored, file))).toEqual(await readFile(join(original, file)));
    const { body: log } = await ask('GET', '/v1/admin/audit?limit=1');
    expect(log.entries).toMatchObject([{ action: 'download backup', subject: { backup: made.name } }]);
    expect((await fetch(`${node.url}${path}`)).status).toBe(401);
    for (const name of ['..%2Fnode', '2026-01-01T000000Z', '.unfinished'])
      expect((await ask('GET', `/v1/admin/backup/${name}`)).status).toBe(404);
  });

  it('starts as a node that has counted as much', async () => {
    await fetch(`${node.url}/v1/hits`, { method: 'POST', headers: { 'user-agent': BROWSER } });
    const { body: made } = await ask('POST', '/v1/admin/backup', { withKeys: true });
    const { nodeId } = node;
    const path = join(folder, 'node', 'backups', made.name as string);
    await node.stop();
    await start({ HEADCOUNT_DATA_DIR: path });
    expect(node.nodeId).toBe(nodeId);
    expect((await ask('GET', '/v1/counts?scope=local')).body).toMatchObject({ uniques: { estimate: 1 } });
  });
});
