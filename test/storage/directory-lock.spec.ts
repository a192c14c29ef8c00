import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataDirectoryInUseError } from '../../src/storage/data-directory-errors.js';
import { DirectoryLock } from '../../src/storage/sqlite/directory-lock.js';
import { ChildScript } from '../support/child-script.js';
import { compileSources } from '../support/compiled-sources.js';

const SOURCES = [
  'src/storage/sqlite/directory-lock.ts',
  'src/storage/data-directory-errors.ts',
  'src/storage/data-paths.ts',
  'src/storage/error-code.ts',
];

describe('DirectoryLock between processes', () => {
  let sources: Awaited<ReturnType<typeof compileSources>>;
  let folder: string;
  let child: ChildScript | null = null;

  beforeAll(async () => {
    sources = await compileSources(SOURCES);
  });

  afterAll(() => sources.remove());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
  });

  afterEach(async () => {
    await child?.kill();
    child = null;
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a process that takes the lock, says how it went, runs `then`, and stays. */
  async function takeElsewhere(then = '', nodeArguments: readonly string[] = []): Promise<string | null> {
    const script = `
      import { DirectoryLock } from './src/storage/sqlite/directory-lock.js';
      const take = () => DirectoryLock.take(${JSON.stringify(folder)});
      try { take(); ${then}; console.log('taken'); } catch (error) { console.log(error.name); }
      setInterval(() => undefined, 1000);`;
    child = new ChildScript(sources.path, script, nodeArguments);
    return child.nextLine();
  }

  it('keeps a second node out and names the first', async () => {
    expect(await takeElsewhere()).toBe('taken');
    expect(() => DirectoryLock.take(folder)).toThrow(DataDirectoryInUseError);
    expect(() => DirectoryLock.take(folder)).toThrow(`process ${child!.pid}`);
  });

  it('refuses a child while this process holds it, and lets it in afterwards', async () => {
    const lock = DirectoryLock.take(folder);
    expect(await takeElsewhere()).toBe('DataDirectoryInUseError');
    await child!.kill();
    lock.release();
    expect(await takeElsewhere()).toBe('taken');
  });

  it('is free after kill -9, time and again', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect(await takeElsewhere()).toBe('taken');
      await child!.kill();
      DirectoryLock.take(folder).release();
    }
  });

  it('is not lost when its holder forgets about it and the garbage is collected', async () => {
    const collect = 'for (let time = 0; time < 5; time += 1) { await new Promise(setImmediate); gc(); }';
    expect(await takeElsewhere(collect, ['--expose-gc'])).toBe('taken');
    expect(() => DirectoryLock.take(folder)).toThrow(DataDirectoryInUseError);
  });
});
