import type { Day } from '../../clock/day.js';
import type { SketchName } from '../count-store.js';
import type { DroppedByDay } from '../dropped-hits.js';
import type { PendingVisits, Recorded } from '../group-commit.js';
import { placeOf, VisitTally } from '../visit-tally.js';
import type { RedisClient } from './redis-connection.js';
import type { RedisExpiry } from './redis-expiry.js';
import { DAYS, dayKey, HOURS, idempotencyKey, sketchKey } from './redis-keys.js';
import type { ShadowSketches } from './shadow-sketches.js';

export type Multi = ReturnType<RedisClient['multi']>;

const IDEMPOTENCY_S = 24 * 3600;

/**
 * What one transaction writes. All of it can be taken back but the visitors in the sketches; those may stay, since
 * whoever was refused and comes again is one and the same visitor.
 */
export class Flush {
  private readonly tally = new VisitTally();
  private readonly claimed: string[] = [];

  /** `outcomes` says which of the pending are new: the others are left out. */
  constructor(
    pending: readonly PendingVisits[],
    outcomes: readonly Recorded[],
    private readonly dropped: DroppedByDay,
    private readonly expiry: RedisExpiry,
  ) {
    pending.forEach(({ visits, idempotencyKey: key }, index) => {
      if (outcomes[index] === 'repeated') return;
      this.tally.add(visits);
      if (key !== null) this.claimed.push(key);
    });
  }

  addTo(multi: Multi, shadows: ShadowSketches): void {
    this.addHits(multi, 1);
    for (const key of this.claimed) {
      multi.set(idempotencyKey(key), '1', { expiration: { type: 'EX', value: IDEMPOTENCY_S } });
    }
    for (const [name, ids] of this.tally.ids) {
      const raising = shadows.raising(name, ids);
      if (raising.length > 0) multi.pfAdd(sketchKey(name), raising.map(asBuffer));
      touchSketch(multi, name, this.expiry);
    }
  }

  takeBackFrom(multi: Multi): void {
    this.addHits(multi, -1);
    for (const key of this.claimed) multi.del(idempotencyKey(key));
  }

  private addHits(multi: Multi, sign: 1 | -1): void {
    const { dayHits, hourHits } = this.tally;
    for (const [day, hits] of dayHits) multi.hIncrBy(dayKey(day), 'hits', sign * hits);
    for (const [hour, hits] of hourHits) multi.hIncrBy(HOURS, hour, sign * hits);
    for (const [day, reasons] of this.dropped) {
      for (const [reason, hits] of reasons) multi.hIncrBy(dayKey(day), `drop:${reason}`, sign * hits);
    }
    for (const day of new Set([...dayHits.keys(), ...this.dropped.keys()])) touchDay(multi, day, this.expiry);
    if (hourHits.size > 0) multi.expire(HOURS, this.expiry.hours());
  }
}

/** The day is known, and its keys live as long as they should. */
export function touchDay(multi: Multi, day: Day, expiry: RedisExpiry): void {
  multi.zAdd(DAYS, { score: 0, value: day });
  multi.expire(DAYS, expiry.node());
  multi.expire(dayKey(day), expiry.day(day));
}

/** The same for a sketch; the day's hash remembers under which keys the day has sketches. */
export function touchSketch(multi: Multi, name: SketchName, expiry: RedisExpiry): void {
  const { day, keyName } = placeOf(name);
  multi.expire(sketchKey(name), expiry.sketch(name));
  if (day === null) return;
  multi.hSet(dayKey(day), `key:${keyName}`, '1');
  touchDay(multi, day, expiry);
}

function asBuffer(id: Uint8Array): Buffer {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength);
}
