import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataDirectoryInUseError, DataDirectoryUnusableError } from '../data-directory-errors.js';
import { DirectoryLock } from './directory-lock.js';

/** What needs two processes is in test/storage/directory-lock.spec.ts. */
describe('DirectoryLock', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one, who is named to the second', () => {
    const lock = DirectoryLock.take(folder);
    expect(() => DirectoryLock.take(folder)).toThrow(DataDirectoryInUseError);
    expect(() => DirectoryLock.take(folder)).toThrow(`${folder} is in use by process ${process.pid}`);
    lock.release();
  });

  it('can be taken again after it was released, and released twice without harm', () => {
    const first = DirectoryLock.take(folder);
    first.release();
    const second = DirectoryLock.take(folder);
    first.release();
    expect(() => DirectoryLock.take(folder)).toThrow(DataDirectoryInUseError);
    second.release();
    expect(existsSync(join(folder, 'node.pid'))).toBe(false);
  });

  it('says "another process" when the holder is not known', async () => {
    const lock = DirectoryLock.take(folder);
    for (const text of ['', 'nonsense', '-3\n', '0']) {
      await writeFile(join(folder, 'node.pid'), text);
      expect(() => DirectoryLock.take(folder)).toThrow(/in use by another process/);
    }
    await rm(join(folder, 'node.pid'));
    expect(() => DirectoryLock.take(folder)).toThrow(/HEADCOUNT_DATA_DIR/);
    lock.release();
  });

  it('does not believe the pid that a dead node left', async () => {
    await writeFile(join(folder, 'node.pid'), '1\n');
    const lock = DirectoryLock.take(folder);
    expect(() => DirectoryLock.take(folder)).toThrow(`process ${process.pid}`);
    lock.release();
  });

  it('keeps other users from locking the file first', async () => {
    const lock = DirectoryLock.take(folder);
    expect((await stat(join(folder, 'node.lock'))).mode & 0o077).toBe(0);
    lock.release();
  });

  it('says so when the file cannot be locked at all', async () => {
    expect(() => DirectoryLock.take(join(folder, 'missing'))).toThrow(DataDirectoryUnusableError);
    await writeFile(join(folder, 'node.lock'), 'this is not a lock file'.repeat(200));
    expect(() => DirectoryLock.take(folder)).toThrow(DataDirectoryUnusableError);
  });
});
