import { describe, expect, it } from '@jest/globals';
import { OWASP_ARGON2ID, PasswordHashes } from './password-hashes.js';
import { Turns } from './turns.js';

const CHEAP = { memoryCost: 64, timeCost: 2, parallelism: 1 };

describe('PasswordHashes', () => {
  it('makes argon2id hashes of the stated cost', async () => {
    const hashes = new PasswordHashes(OWASP_ARGON2ID);
    const hash = await hashes.hash('a good password');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(hashes.isOutdated(hash)).toBe(false);
    expect(new PasswordHashes(CHEAP).isOutdated(hash)).toBe(true);
    expect(await hashes.verify(hash, 'a good password', false)).toBe(true);
    expect(await hashes.verify(hash, 'another password', false)).toBe(false);
  });

  it('opens nothing where there is no hash', async () => {
    expect(await new PasswordHashes(CHEAP).verify(null, 'a good password', false)).toBe(false);
  });
});

describe('Turns', () => {
  it('lets one work at a time, refuses those that the line has no room for, and lets the known go first', async () => {
    const turns = new Turns(1, 2);
    const order: string[] = [];
    const done: (() => void)[] = [];
    const work = (name: string) => () => {
      order.push(name);
      return new Promise<void>((resolve) => done.push(resolve));
    };
    const running = [turns.run(work('a')), turns.run(work('b')), turns.run(work('c'))];
    await expect(turns.run(work('d'))).rejects.toMatchObject({ kind: 'busy' });
    running.push(turns.run(work('known'), true));
    expect(order).toEqual(['a']);
    for (const next of ['known', 'b', 'c', undefined]) {
      done.shift()?.();
      await new Promise(setImmediate);
      expect(order.at(-1)).toBe(next ?? 'c');
    }
    await Promise.all(running);
    expect(order).toEqual(['a', 'known', 'b', 'c']);
  });

  it('goes on after a failure', async () => {
    const turns = new Turns(1, 0);
    await expect(turns.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await turns.run(async () => 'next')).toBe('next');
  });
});
