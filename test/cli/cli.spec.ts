import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { addDays, type Day } from '../../src/clock/day.js';
import type { AuditPage } from '../../src/federation/admin-views.js';
import { RealNodes } from '../federation/real-nodes.js';
import { headcount as command } from './headcount.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

// Each command is a process, which opens a node where none is running.
jest.setTimeout(120_000);

let folder: string;
let nodes: RealNodes;
beforeAll(async () => {
  nodes = await RealNodes.open();
  folder = nodes.folder;
});
afterAll(() => nodes.close());

/** On a data directory of its own below the folder. */
const headcount = (dataDir: string, args: readonly string[], settings: Record<string, string> = {}) =>
  command(join(folder, dataDir), args, settings);

async function json<T>(dataDir: string, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await headcount(dataDir, ['--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

function logLine(address: string, time: Date, agent = FIREFOX): string {
  const month = time.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
  const [date, clock] = time.toISOString().split('T') as [string, string];
  const stamp = `${date.slice(8)}/${month}/${date.slice(0, 4)}:${clock.slice(0, 8)} +0000`;
  return `${address} - - [${stamp}] "GET / HTTP/1.1" 200 1 "-" "${agent}"`;
}

describe('headcount account', () => {
  it('adds, resets, changes and removes accounts', async () => {
    await nodes.start('accounts', { HEADCOUNT_PUBLIC_URL: 'https://count.example' });
    const added = await headcount('accounts', ['account', 'add', 'Anna', 'administrator']);
    expect(added.stdout).toMatch(/^https:\/\/count\.example\/login#link=[A-Za-z0-9_-]{43}\nAnna chooses/);
    await json('accounts', 'account', 'add', 'vera');
    await json('accounts', 'account', 'reset', 'anna');
    await json('accounts', 'account', 'role', 'Vera', 'administrator');
    await json('accounts', 'account', 'remove', 'anna');
    const list = await json<{ accounts: object[] }>('accounts', 'account');
    expect(list.accounts).toMatchObject([{ name: 'vera', role: 'administrator', hasPassword: false }]);
    const last = await headcount('accounts', ['account', 'remove', 'vera']);
    expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('only administrator')]);
  });
});

describe('headcount', () => {
  it('lists its commands', async () => {
    const { stdout, code } = await headcount('help', ['--help']);
    expect(code).toBe(0);
    for (const command of [
      'serve',
      'demo',
      'status',
      'counts',
      'federation',
      'peers',
      'import-log',
      'verify-total',
    ]) {
      expect(stdout).toContain(command);
    }
  });

  it('says all that is wrong with the configuration before anything else, and exits with 2', async () => {
    const settings = { PORT: 'many', HEADCOUNT_PEER: 'https://typo.example', HEADCOUNT_COUNTING: 'perhaps' };
    const { code, stderr } = await headcount('wrong', ['serve'], settings);
    expect(code).toBe(2);
    for (const variable of Object.keys(settings)) expect(stderr).toContain(variable);
  });

  it('says that its port is taken, and ends', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await headcount('taken', ['serve'], { PORT: String(port), HOST: '127.0.0.1' });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
  });

  it('imports a log, plain or gzipped, each line on its own day, and a second time without effect', async () => {
    const now = Date.now();
    const daysAgo = (days: number) => new Date(now - days * 86_400_000);
    const lines = [
      logLine('203.0.113.1', daysAgo(0)),
      logLine('203.0.113.2', daysAgo(0)),
      logLine('203.0.113.1', daysAgo(3)),
      logLine('203.0.113.3', daysAgo(200)),
      logLine('203.0.113.4', daysAgo(0), 'Googlebot/2.1'),
      logLine('203.0.113.5', daysAgo(900)),
      logLine('host.example', daysAgo(0)),
      'not a line of a log',
    ];
    const plain = join(folder, 'access.log');
    const gzipped = join(folder, 'access.log.gz');
    await writeFile(plain, `${lines.join('\n')}\n`);
    await writeFile(gzipped, gzipSync(`${lines.join('\n')}\n`));
    const first = await json('import', 'import-log', plain);
    expect(first).toMatchObject({
      lines: 8,
      counted: 4,
      dropped: { bot: 1 },
      unreadable: 1,
      unusable: 2,
      repeated: 0,
    });
    const again = await json('import', 'import-log', gzipped);
    expect(again).toMatchObject({ counted: 0, repeated: 1 });
    const counts = await json<{ uniques: { estimate: number }; hits: number }[]>(
      'import',
      'counts',
      '--scope',
      'local',
    );
    expect(counts.map((count) => count.uniques.estimate)).toEqual([2, 2, 2, 3]);
    expect(counts.map((count) => count.hits)).toEqual([2, 3, 3, 4]);
  });

  it('says which file it cannot read', async () => {
    const { code, stderr } = await headcount('missing', ['import-log', '/no/such/file.log']);
    expect(code).toBe(1);
    expect(stderr).toContain('/no/such/file.log');
  });

  it('founds a federation, exports it with and without its key, and imports it elsewhere', async () => {
    await nodes.start('founder', { HEADCOUNT_VISITOR: 'ip-ua' });
    const founded = await json<{ federation: string; name: string; firstDay: Day }>(
      'founder',
      'federation',
      'new',
      'Our add-on',
    );
    const { line } = await json<{ line: string }>('founder', 'federation', 'export');
    const { line: publicLine } = await json<{ line: string }>('founder', 'federation', 'export', '--public');
    expect(publicLine.length).toBeLessThan(line.length);
    const imported = await headcount('joiner', ['--json', 'federation', 'import', '-'], {
      STDIN: `${line}\n`,
    });
    const { firstDay, ...joined } = JSON.parse(imported.stdout) as typeof founded;
    expect({ firstDay: founded.firstDay, ...joined }).toMatchObject(founded);
    expect(await json<AuditPage>('joiner', 'audit')).toMatchObject({
      entries: [{ by: 'command line', action: 'import federation', subject: { name: 'Our add-on' } }],
    });
    // Each counts from the day of its own set-up, and midnight may pass between the two.
    expect([founded.firstDay, addDays(founded.firstDay, 1)]).toContain(firstDay);
    const cut = await headcount('joiner', ['federation', 'import', line.slice(0, -4)]);
    expect(cut.code).toBe(1);
    expect(cut.stderr).toContain('damaged');
    const other = await headcount('cookies', ['federation', 'import', line], { HEADCOUNT_VISITOR: 'cookie' });
    expect(other.stderr).toContain('HEADCOUNT_VISITOR=ip-ua');
  });

  it('refuses to export what there is not', async () => {
    const { code, stderr } = await headcount('alone', ['federation', 'export']);
    expect(code).toBe(1);
    expect(stderr).toContain('federation new');
  });

  it('knows no peers at first, and says so of one that is approved', async () => {
    await nodes.start('peerless');
    const { stdout } = await headcount('peerless', ['peers']);
    expect(stdout).toContain('no other node is known');
    const { code, stderr } = await headcount('peerless', ['peers', 'approve', 'A'.repeat(43)]);
    expect(code).toBe(1);
    expect(stderr).toContain('No node of that id');
  });

  it('shows its status in words and as JSON', async () => {
    const { stdout } = await headcount('alone', ['status']);
    expect(stdout).toMatch(/^node {8}[\w-]{43}$/m);
    expect(await json('alone', 'status')).toMatchObject({
      role: 'standalone',
      counting: true,
      exchanges: [],
    });
  });

  it('gives a stopped node its next key and leaves it its name', async () => {
    const { node } = await json<{ node: string }>('rotated', 'status');
    const rotated = await json<{ node: string; key: string }>('rotated', 'rotate-key');
    expect(rotated.node).toBe(node);
    expect(rotated.key).not.toBe(node);
    expect((await json<{ node: string }>('rotated', 'status')).node).toBe(node);
    await json('rotated', 'rotate-key', '--stolen');
    const { entries } = await json<AuditPage>('rotated', 'audit');
    const entry = { by: 'command line', subject: { node } };
    expect(entries).toMatchObject([
      { ...entry, action: 'rotate stolen key' },
      { ...entry, action: 'rotate key', subject: { key: rotated.key } },
    ]);
    const { code, stderr } = await headcount('never-started', ['rotate-key']);
    expect(code).toBe(1);
    expect(stderr).toContain('no node key yet');
  });

  it('leaves a federation, and none twice', async () => {
    await nodes.start('leaving');
    await headcount('leaving', ['federation', 'new', 'For a while']);
    const { stdout } = await headcount('leaving', ['federation', 'leave']);
    expect(stdout).toContain('this node has left');
    expect(await json('leaving', 'federation')).toMatchObject({ name: null });
    expect((await headcount('leaving', ['federation', 'leave'])).stderr).toContain('in no federation');
  });

  it('refuses a file that is no total', async () => {
    const path = join(folder, 'total.json');
    await writeFile(path, '{}');
    const { code, stderr } = await headcount('alone', ['verify-total', path]);
    expect(code).toBe(1);
    expect(stderr).toContain('no published total');
  });
});
