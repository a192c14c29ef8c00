import type { Clock } from '../../clock/clock.js';
import { DAY_MS, type Day, dayStartMs, HOUR_MS, type Hour } from '../../clock/day.js';
import type { SketchName } from '../count-store.js';
import { placeOf } from '../visit-tally.js';

const DAYS_KEPT_MS = 400 * DAY_MS;
const HOURS_KEPT_MS = 48 * HOUR_MS;
/** For a past day that is imported: it is forgotten by retention, not while it is being written. */
const KEPT_AT_LEAST_MS = DAY_MS;

/**
 * How long keys live, in seconds from now, so that neither a Redis whose clock differs from ours nor a node that is
 * gone for good keeps visitors longer than promised. Retention (`prune`) usually comes first.
 */
export class RedisExpiry {
  constructor(private readonly clock: Clock) {}

  /** 400 days after the day's end. */
  day(day: Day): number {
    return this.secondsTo(dayStartMs(day) + DAY_MS + DAYS_KEPT_MS);
  }

  /** 48 h after the hour's end. */
  hour(hour: Hour): number {
    return this.secondsTo(Date.parse(`${hour}:00:00Z`) + HOUR_MS + HOURS_KEPT_MS);
  }

  /** The hits of all hours are in one hash, which lives as long as its youngest hour. */
  hours(): number {
    return this.secondsTo(this.clock.nowMs() + HOUR_MS + HOURS_KEPT_MS);
  }

  /**
   * For what is the node's and no day's, such as everyone ever: as long as the youngest day. Each flush puts it off
   * again, so that the all-time sketch lasts while anybody comes, and goes with the last day of a node that is gone.
   */
  node(): number {
    return this.secondsTo(this.clock.nowMs() + DAY_MS + DAYS_KEPT_MS);
  }

  sketch(name: SketchName): number {
    const { day, hour } = placeOf(name);
    if (day !== null) return this.day(day);
    return hour === null ? this.node() : this.hour(hour);
  }

  private secondsTo(timeMs: number): number {
    return Math.ceil(Math.max(timeMs - this.clock.nowMs(), KEPT_AT_LEAST_MS) / 1000);
  }
}
