import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyringFile } from '../../src/storage/file/keyring-file.js';
import { ChildScript } from '../support/child-script.js';
import { compileSources } from '../support/compiled-sources.js';

const SOURCES = [
  'src/storage/file/keyring-file.ts',
  'src/storage/file/private-file.ts',
  'src/storage/data-directory-errors.ts',
  'src/storage/error-code.ts',
];

describe('KeyringFile and kill -9', () => {
  let sources: Awaited<ReturnType<typeof compileSources>>;
  let folder: string;

  beforeAll(async () => {
    sources = await compileSources(SOURCES);
  });

  afterAll(() => sources.remove());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Replaces the keyring in a process that dies as it is about to call the function of node:fs/promises. */
  async function replaceAndDieAt(step: 'rename' | 'open'): Promise<void> {
    const child = new ChildScript(
      sources.path,
      `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { KeyringFile } = await import('./src/storage/file/keyring-file.js');
      fs.${step} = () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => undefined); };
      syncBuiltinESMExports();
      await new KeyringFile(${JSON.stringify(join(folder, 'keyring.json'))}).replace('the new keyring');
      console.log('survived');`,
    );
    expect(await child.nextLine()).toBeNull();
    await child.end();
  }

  it('leaves the old keyring readable when the process dies between write and rename', async () => {
    const file = new KeyringFile(join(folder, 'keyring.json'));
    await file.replace('the old keyring');
    await replaceAndDieAt('rename');
    expect(await readdir(folder)).toContain('keyring.json.new');
    expect(await file.read()).toBe('the old keyring');
    expect(await readdir(folder)).toEqual(['keyring.json']);
    await file.replace('a third one');
    expect(await readFile(join(folder, 'keyring.json'), 'utf8')).toBe('a third one');
  });

  it('leaves the old keyring alone when the process dies before it wrote anything', async () => {
    const file = new KeyringFile(join(folder, 'keyring.json'));
    await file.replace('the old keyring');
    await replaceAndDieAt('open');
    expect(await file.read()).toBe('the old keyring');
  });
});
