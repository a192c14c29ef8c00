import type { Day, Hour } from '../clock/day.js';
import type { Sketch } from '../sketch/sketch.js';
import type { CommitFigures } from './group-commit.js';

/**
 * Which sketch a visitor id belongs to.
 * `day/<day>/<key name>`: the people of a UTC day under one epoch key (`day/2026-11-22/1f2e3d4c.41`);
 * `hour/<hour>`: the live view, under the node's own key, kept 48 h;
 * `all`: everyone ever, under the node's own key.
 */
export type SketchName = string;

export const ALL_TIME: SketchName = 'all';

export function daySketchName(day: Day, keyName: string): SketchName {
  return `day/${day}/${keyName}`;
}

export function hourSketchName(hour: Hour): SketchName {
  return `hour/${hour}`;
}

/** One person seen for one sketch. The visitor id is 16 bytes and must not be changed after it was handed over. */
export interface Sighting {
  sketch: SketchName;
  visitorId: Uint8Array;
}

/** One visit, ready to be counted. `hour` is null for a visit of the past that no live view shows. */
export interface Visit {
  day: Day;
  hour: Hour | null;
  sightings: readonly Sighting[];
}

export interface DayCounts {
  day: Day;
  hits: number;
  /** Hits that were not counted, by reason. Empty when none were. */
  dropped: Readonly<Record<string, number>>;
  /** Distinct people of an imported day that has no sketch because its key is gone; else null. */
  importedUniques: number | null;
}

export interface HourCounts {
  hour: Hour;
  hits: number;
}

/** The store cannot take or give anything just now: disk full, read-only, server gone. Nothing was counted. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`the store is unavailable: ${reason}`, options);
  }
}

/**
 * The visitors and hits of this node: sketches and counters by day and hour.
 *
 * Every method may be called concurrently, and rejects with StoreUnavailableError when the store can't be
 * reached or written; then nothing of that call has been counted, and the next call tries again.
 */
export interface CountStore {
  /** Counts one visit. Resolves when it is durable: it then survives `kill -9`. */
  record(visit: Visit): Promise<void>;

  /**
   * Counts all of the visits or none. With an idempotency key that was used in the last 24 h, counts
   * nothing and answers `repeated`; the key is written in the transaction that holds the visits.
   */
  recordBatch(visits: readonly Visit[], idempotencyKey?: string): Promise<'recorded' | 'repeated'>;

  /** Adds hits that were not counted. Durable with the next flush; at most a flush of them is lost by `kill -9`. */
  recordDropped(day: Day, reason: string, count: number): void;

  /** Raises the uniques of an imported day whose key is gone to at least `uniques`. Never lowers them. */
  raiseImportedUniques(day: Day, uniques: number): Promise<void>;

  /**
   * Raises the hits of a day to at least `hits`: what was reported before the store was lost. Never lowers them; to none
   * changes nothing.
   */
  raiseHits(day: Day, hits: number): Promise<void>;

  /** A copy of the sketch, which the caller may change; null when nothing was recorded under that name. */
  sketch(name: SketchName): Promise<Sketch | null>;

  /** Copies of all sketches of a day, by key name. Empty when there are none. */
  daySketches(day: Day): Promise<Map<string, Sketch>>;

  /** Merges a sketch into the named one, register by register; one of nobody changes nothing. Durable when it resolves. */
  mergeSketch(name: SketchName, sketch: Sketch): Promise<void>;

  /** The days from `from` to `to`, both included, that have any count; oldest first. */
  days(from: Day, to: Day): Promise<DayCounts[]>;

  /** The hours from `from` to `to`, both included, that have any hit; oldest first. */
  hours(from: Hour, to: Hour): Promise<HourCounts[]>;

  /** Forgets days before `firstDay` and hours before `firstHour`. Answers how many days were forgotten. */
  prune(firstDay: Day, firstHour: Hour): Promise<number>;

  /** How the writing of visits goes, since the start. */
  readonly commitFigures: CommitFigures;

  /** Resolves when the store can be read and written. */
  check(): Promise<void>;

  /** Writes what is pending and closes. */
  close(): Promise<void>;
}
