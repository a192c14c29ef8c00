import type { Day } from '../clock/day.js';
import type { Sketch } from '../sketch/sketch.js';

/** Injection token of an `OwnCounts`. */
export const OWN_COUNTS = Symbol('OwnCounts');

export interface OwnDayHits {
  day: Day;
  hits: number;
}

export interface OwnDay {
  /** Estimate of the day's people. */
  uniques: number;
  /** The day's sketches by key name. */
  sketches: ReadonlyMap<string, Sketch>;
  /** Estimates of the windows that end on this day. */
  windows: { '7d': number; '30d': number; all: number };
}

/** What reporting reads of the counts of its own node. */
export interface OwnCounts {
  /** Days from `from` to `to` that have any hit, oldest first. Cheap: called on every schedule. */
  hits(from: Day, to: Day): Promise<OwnDayHits[]>;
  day(day: Day): Promise<OwnDay>;
}
