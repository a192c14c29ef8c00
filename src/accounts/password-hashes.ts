import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { Turns } from './turns.js';

/** `memoryCost` in KiB. */
export interface HashCost {
  memoryCost: number;
  timeCost: number;
  parallelism: number;
}

/** OWASP, Password Storage Cheat Sheet, Argon2id: 19 MiB of memory, two passes, one lane. */
export const OWASP_ARGON2ID: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** A hash takes a core for some 50 ms in libuv's pool of four threads, which the stores' files need too. */
const AT_ONCE = 1;
/** Whoever comes later would wait for more than a second. */
const WAITING_MAX = 20;

/** Passwords by argon2id, one at a time: signing in can't starve the node. */
export class PasswordHashes {
  private readonly turns = new Turns(AT_ONCE, WAITING_MAX);
  private decoy: Promise<string> | null = null;

  constructor(private readonly cost: HashCost) {}

  /** Rejects with the problem `busy` when too many wait. */
  hash(password: string): Promise<string> {
    return this.turns.run(() => argon2.hash(password, this.cost));
  }

  /**
   * Takes as long for an account that does not exist (null) as for one that does. `isFirst` goes before all who wait.
   * Rejects with the problem `busy`.
   */
  async verify(hash: string | null, password: string, isFirst: boolean): Promise<boolean> {
    this.decoy ??= argon2.hash(randomBytes(32), this.cost);
    const decoy = await this.decoy;
    const isRight = await this.turns.run(() => argon2.verify(hash ?? decoy, password), isFirst);
    return isRight && hash !== null;
  }

  /** Whether a hash was made with other parameters than those of today. */
  isOutdated(hash: string): boolean {
    return argon2.needsRehash(hash, this.cost);
  }
}
