import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PrivateFileError } from '../data-directory-errors.js';
import { KeyringFile } from './keyring-file.js';
import { NodeKeyFile } from './node-key-file.js';

const OLD = '{"key":"old-secret-old-secret-old-secret"}';
const NEW = '{"key":"new"}';

describe('the files that hold keys', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
    path = join(folder, 'keyring.json');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Everything that lies in the folder, as one text. */
  async function contents(): Promise<string> {
    const names = await readdir(folder);
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
  }

  describe('KeyringFile', () => {
    it('answers null before the first one', async () => {
      expect(await new KeyringFile(path).read()).toBeNull();
    });

    it('writes what only its owner can read, and leaves nothing else behind', async () => {
      const before = process.umask(0);
      try {
        await new KeyringFile(path).replace(NEW);
      } finally {
        process.umask(before);
      }
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readdir(folder)).toEqual(['keyring.json']);
      expect(await new KeyringFile(path).read()).toBe(NEW);
    });

    it('overwrites the bytes of the old keyring with zeros', async () => {
      const file = new KeyringFile(path);
      await file.replace(OLD);
      const secondName = join(folder, 'second-name-of-the-old-file');
      await link(path, secondName);
      await file.replace(NEW);
      expect(await file.read()).toBe(NEW);
      expect(await readFile(secondName)).toEqual(Buffer.alloc(OLD.length));
      expect(await contents()).not.toContain('old-secret');
    });

    it('keeps the old keyring when the new one cannot take its name', async () => {
      const file = new KeyringFile(path);
      await file.replace(OLD);
      await mkdir(`${path}.new`);
      await expect(file.replace(NEW)).rejects.toThrow();
      await rm(`${path}.new`, { recursive: true });
      expect(await file.read()).toBe(OLD);
      await file.replace(NEW);
      expect(await file.read()).toBe(NEW);
    });

    it('destroys what a crash left of a keyring that never took the name', async () => {
      await new KeyringFile(path).replace(OLD);
      await writeFile(`${path}.new`, '{"key":"half-written-secr', { mode: 0o600 });
      const secondName = join(folder, 'second-name-of-the-leftover');
      await link(`${path}.new`, secondName);
      expect(await new KeyringFile(path).read()).toBe(OLD);
      expect(await contents()).not.toContain('half-written');
      expect((await readFile(secondName)).every((byte) => byte === 0)).toBe(true);
    });

    it('writes after a crash, before anything was read', async () => {
      await writeFile(`${path}.new`, 'leftover', { mode: 0o600 });
      const file = new KeyringFile(path);
      await file.replace(NEW);
      expect(await file.read()).toBe(NEW);
      expect(await readdir(folder)).toEqual(['keyring.json']);
    });

    it('ends with the last of many replacements at the same time', async () => {
      const file = new KeyringFile(path);
      const texts = Array.from({ length: 20 }, (_, index) => `keyring ${index}`);
      await Promise.all(texts.map((text) => file.replace(text)));
      expect(await file.read()).toBe('keyring 19');
      expect(await readdir(folder)).toEqual(['keyring.json']);
    });

    it.each([0o640, 0o604, 0o660, 0o644])(
      'refuses a file with mode %o and says what to run',
      async (mode) => {
        await writeFile(path, OLD);
        await chmod(path, mode);
        const reading = new KeyringFile(path).read();
        await expect(reading).rejects.toThrow(PrivateFileError);
        await expect(reading).rejects.toThrow(`chmod 600 ${path}`);
        await expect(reading).rejects.not.toThrow('old-secret');
      },
    );

    it('refuses what is far too long for keys', async () => {
      await writeFile(path, 'x'.repeat(65_537), { mode: 0o600 });
      await expect(new KeyringFile(path).read()).rejects.toThrow(/65537 bytes/);
    });

    it('looks at the file behind a symbolic link, not at the link', async () => {
      const target = join(folder, 'elsewhere.json');
      await writeFile(target, OLD);
      await chmod(target, 0o644);
      await symlink(target, path);
      await expect(new KeyringFile(path).read()).rejects.toThrow(PrivateFileError);
    });
  });

  describe('NodeKeyFile', () => {
    const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n';

    it('gives back the key that was created', async () => {
      const file = new NodeKeyFile(join(folder, 'node-key.pem'));
      expect(await file.read()).toBeNull();
      await file.create(PEM);
      expect(await file.read()).toBe(PEM);
      expect((await stat(join(folder, 'node-key.pem'))).mode & 0o777).toBe(0o600);
    });

    it('never overwrites a key', async () => {
      const file = new NodeKeyFile(path);
      await file.create(PEM);
      await expect(file.create('another')).rejects.toThrow(PrivateFileError);
      expect(await file.read()).toBe(PEM);
    });

    it('refuses a key that others can read', async () => {
      await writeFile(path, PEM);
      await chmod(path, 0o644);
      await expect(new NodeKeyFile(path).read()).rejects.toThrow(`chmod 600 ${path}`);
      await expect(new NodeKeyFile(path).create(PEM)).rejects.toThrow(PrivateFileError);
    });
  });
});
