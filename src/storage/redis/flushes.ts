import { randomBytes } from 'node:crypto';
import type { Day, Hour } from '../../clock/day.js';
import type { DroppedByDay } from '../dropped-hits.js';
import type { RedisClient } from './redis-connection.js';
import { dayKey, flushKey, HOURS } from './redis-keys.js';

/** What one flush adds to hit counters. Unique counts need no such care: adding a visitor twice changes nothing. */
export interface FlushedHits {
  dayHits: ReadonlyMap<Day, number>;
  hourHits: ReadonlyMap<Hour, number>;
  dropped: DroppedByDay;
}

export type Multi = ReturnType<RedisClient['multi']>;

/** Longer than any outage that one process waits for. */
const KEPT_S = 24 * 3600;

/**
 * Numbers the flushes of this process, and finds out about one whose connection broke before the answer came. Its
 * callers were told that nothing was counted, and may send again; so once the server is back, the hits of a flush
 * that was carried out after all are taken back. Each flush writes its number in its own transaction, and so does
 * the taking back, which therefore may itself break and be tried again.
 */
export class Flushes {
  private readonly key = flushKey(randomBytes(12).toString('base64url'));
  private number = 0;
  private uncertain: FlushedHits | null = null;

  /** Adds the hits and the flush's number to the transaction. */
  begin(multi: Multi, hits: FlushedHits): void {
    this.number += 1;
    addHits(multi, hits, 1);
    multi.set(this.key, `${this.number}`, { expiration: { type: 'EX', value: KEPT_S } });
  }

  /** The answer to the flush begun last never came. */
  doubt(hits: FlushedHits): void {
    this.uncertain = hits;
  }

  /** Call it when the server is back, before anything else is written. */
  async settle(client: RedisClient): Promise<void> {
    if (!this.uncertain) return;
    const last = await client.get(this.key);
    if (String(last) === `${this.number}`) {
      const multi = client.multi();
      addHits(multi, this.uncertain, -1);
      multi.set(this.key, `${this.number} taken back`, { expiration: { type: 'EX', value: KEPT_S } });
      await multi.exec();
    }
    this.uncertain = null;
  }
}

function addHits(multi: Multi, { dayHits, hourHits, dropped }: FlushedHits, sign: 1 | -1): void {
  for (const [day, hits] of dayHits) multi.hIncrBy(dayKey(day), 'hits', sign * hits);
  for (const [hour, hits] of hourHits) multi.hIncrBy(HOURS, hour, sign * hits);
  for (const [day, reasons] of dropped) {
    for (const [reason, hits] of reasons) multi.hIncrBy(dayKey(day), `drop:${reason}`, sign * hits);
  }
}
