import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataDirectoryInUseError } from '../../src/storage/data-directory-errors.js';
import { restoreBackup } from '../../src/storage/restore-backup.js';
import { DirectoryLock } from '../../src/storage/sqlite/directory-lock.js';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const NAME = '2026-11-21T120000Z';
const BACKUP = { 'counts.sqlite': 'old counts', 'records.sqlite': 'old records', 'node-key.pem': 'key' };
const NODE = {
  ...{ 'counts.sqlite': 'new counts', 'counts.sqlite-wal': 'log', 'records.sqlite': 'new records' },
  ...{ 'node-key.pem': 'key', 'keyring.json': 'keyring' },
};

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'headcount-restore-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

async function fill(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = names.map(async ({ name }) => [name, await readFile(join(folder, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(texts));
}

const restore = (from: string) => restoreBackup(dataDir, from, NOW_MS);

describe('a backup that is restored', () => {
  it('takes the place of what was there, which is kept, and leaves the keyring of the same node', async () => {
    await fill(dataDir, NODE);
    await fill(join(dataDir, 'backups', NAME), BACKUP);
    const replaced = join(dataDir, 'replaced-2026-11-22T120000Z');
    expect(await restore(NAME)).toEqual({ replaced, hasKeys: true });
    const { 'node.lock': _, ...now } = await filesOf(dataDir);
    expect(now).toEqual({ ...BACKUP, 'keyring.json': 'keyring' });
    const { 'keyring.json': __, ...before } = NODE;
    expect(await filesOf(replaced)).toEqual(before);
    expect((await stat(join(dataDir, 'records.sqlite'))).mode & 0o777).toBe(0o600);
  });

  it('of another node, or with keys, takes the place of the keyring too', async () => {
    await fill(dataDir, NODE);
    const other = join(dataDir, 'elsewhere');
    await fill(other, { ...BACKUP, 'node-key.pem': 'another key' });
    expect(await restore(other)).toMatchObject({ hasKeys: false });
    expect(await filesOf(dataDir)).not.toHaveProperty('keyring.json');
    await fill(other, { 'keyring.json': 'another keyring' });
    await rm(join(dataDir, 'replaced-2026-11-22T120000Z'), { recursive: true });
    expect(await restore(other)).toMatchObject({ hasKeys: true });
    expect(await filesOf(dataDir)).toMatchObject({ 'keyring.json': 'another keyring' });
  });

  it('fills an empty data directory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headcount-backup-'));
    await fill(folder, BACKUP);
    expect(await restore(folder)).toEqual({ replaced: null, hasKeys: false });
    expect(await filesOf(dataDir)).toMatchObject(BACKUP);
    await rm(folder, { recursive: true });
  });

  it('changes nothing where it is none, or while the node runs', async () => {
    await fill(dataDir, NODE);
    await expect(restore(NAME)).rejects.toThrow(`${NAME} is no backup: it has no records.sqlite`);
    await fill(join(dataDir, 'backups', NAME), BACKUP);
    const lock = DirectoryLock.take(dataDir);
    await expect(restore(NAME)).rejects.toThrow(DataDirectoryInUseError);
    lock.release();
    expect(await filesOf(dataDir)).toMatchObject(NODE);
  });
});
