import type { Day } from '../clock/day.js';

/**
 * What a person decided about an origin's figures: they stay out of every total until the ruling is lifted. `hold`
 * says that somebody still looks into it, `exclude` that nobody does any more.
 */
export interface Ruling {
  origin: string;
  /** Null for all of the origin's days. */
  day: Day | null;
  verdict: 'hold' | 'exclude';
  by: string;
  why: string;
  atMs: number;
}

/** The rulings in force, at most one for each (origin, day). Durable when a change resolves; StoreUnavailableError else. */
export interface RulingStore {
  /** Ordered by origin; the one about all days before those about single ones. */
  rulings(): Promise<Ruling[]>;
  /** Takes the place of an earlier one about the same days. */
  put(ruling: Ruling): Promise<void>;
  /** Answers false when there was none. */
  remove(origin: string, day: Day | null): Promise<boolean>;
}
