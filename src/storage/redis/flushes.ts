import { randomBytes } from 'node:crypto';
import type { Flush, Multi } from './flush.js';
import type { RedisClient } from './redis-connection.js';
import { flushKey } from './redis-keys.js';

/** Longer than any outage that one process waits for. */
const KEPT_S = 30 * 24 * 3600;

/**
 * Numbers the flushes of this process, and finds out about one whose connection broke before the answer came. Its
 * callers were told that nothing was counted, and may send again; so once the server is back, the hits of a flush
 * that was carried out after all are taken back. Each flush writes its number in its own transaction, and so does
 * the taking back, which therefore may itself break and be tried again.
 *
 * What is not found out: a flush that broke when this process ended before the server came back. Then some hits of
 * that last moment may have been counted although nobody was told so; visitors never twice.
 */
export class Flushes {
  private readonly key = flushKey(randomBytes(12).toString('base64url'));
  private number = 0;
  private uncertain: Flush | null = null;

  /** Adds the flush's number to its transaction. */
  begin(multi: Multi): void {
    this.number += 1;
    this.write(multi, `${this.number}`);
  }

  /** The answer to the flush numbered last never came. */
  doubt(flush: Flush): void {
    this.uncertain = flush;
  }

  /** Call it when the server is back, before anything else is written. */
  async settle(client: RedisClient): Promise<void> {
    if (!this.uncertain) return;
    const last = await client.get(this.key);
    if (String(last) === `${this.number}`) {
      const multi = client.multi();
      this.uncertain.takeBackFrom(multi);
      this.write(multi, `${this.number} taken back`);
      await multi.exec();
    }
    this.uncertain = null;
  }

  /** No number is needed any more. */
  async end(client: RedisClient): Promise<void> {
    await client.del(this.key);
  }

  private write(multi: Multi, text: string): void {
    multi.set(this.key, text, { expiration: { type: 'EX', value: KEPT_S } });
  }
}
