import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataDirectoryUnusableError } from '../data-directory-errors.js';
import { openDataDirectory } from './data-directory.js';

describe('openDataDirectory', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('creates a directory that no one else can enter, and its parents', async () => {
    const path = join(folder, 'var', 'headcount');
    const { warnings, paths } = await openDataDirectory(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(warnings).toEqual([]);
    expect(paths).toEqual({
      counts: join(path, 'counts.sqlite'),
      backups: join(path, 'backups'),
      records: join(path, 'records.sqlite'),
      nodeKey: join(path, 'node-key.pem'),
      keyring: join(path, 'keyring.json'),
      socket: join(path, 'node.sock'),
      lock: join(path, 'node.lock'),
      lockHolder: join(path, 'node.pid'),
    });
  });

  it.each([
    ['below a file', () => join(folder, 'file', 'data')],
    ['that is a file', () => join(folder, 'file')],
    ['where nothing can be made', () => '/proc/nope/deep'],
  ])('refuses a directory %s, and says which', async (_what, pathOf) => {
    await writeFile(join(folder, 'file'), '');
    await expect(openDataDirectory(pathOf())).rejects.toThrow(DataDirectoryUnusableError);
    await expect(openDataDirectory(pathOf())).rejects.toThrow(pathOf());
  });

  it('opens one that is there, and leaves what is in it alone', async () => {
    await writeFile(join(folder, 'keyring.json'), 'kept');
    await openDataDirectory(folder);
    expect((await stat(join(folder, 'keyring.json'))).size).toBe(4);
  });

  it.each([0o750, 0o701, 0o777])('warns of a directory with mode %o and says what to run', async (mode) => {
    const path = join(folder, 'open');
    await mkdir(path);
    await chmod(path, mode);
    const { warnings } = await openDataDirectory(path);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`chmod 700 ${path}`);
    expect((await stat(path)).mode & 0o777).toBe(mode);
  });

  it('refuses a file in its place', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    await expect(openDataDirectory(path)).rejects.toThrow(DataDirectoryUnusableError);
    await expect(openDataDirectory(join(path, 'below'))).rejects.toThrow(/HEADCOUNT_DATA_DIR/);
  });
});
