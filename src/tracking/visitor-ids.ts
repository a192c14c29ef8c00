import type { Day, Hour } from '../clock/day.js';
import type { VisitorScheme } from '../identity/visitor-scheme.js';
import type { Sighting } from '../storage/count-store.js';

/** Turns a visitor key into the visitor ids that are counted. The visitor key goes no further than this. */
export interface VisitorIds {
  /** What stands for a person on this node. */
  readonly scheme: VisitorScheme;

  /**
   * Whom to count where: the day's sketch under each epoch key that the day is written under and that is
   * still held (0 to 2), the hour's sketch when an hour is given, and the all-time sketch.
   */
  sightings(visitorKey: string, day: Day, hour: Hour | null): Sighting[];

  /** False when the day is older than the keys that are held: it can only be counted, not merged. */
  coversDay(day: Day): boolean;
}
