import type { Day } from '../../clock/day.js';

export type Dedup = 'full' | 'bounded' | 'none';

export interface Uniques {
  /** Null where only the bounds are known. */
  estimate: number | null;
  low: number;
  high: number;
  dedup: Dedup;
}

export interface InstanceCounts {
  fresh: number;
  stale: number;
  held: number;
  probation: number;
}

export interface WindowTotal {
  from: Day | null;
  to: Day;
  uniques: Uniques;
  /** Sum of the instances' own window estimates: people who use two instances are in it twice. */
  sum: number;
  hits: number;
  visitorDays: number;
  /** Sum less union, where it is too large to be the sketches' error; else null. */
  overlap: number | null;
  /** (origin, day) pairs with a report ÷ pairs expected, 0..1. */
  coverage: number;
  instances: InstanceCounts;
}

export interface InstanceWindow {
  estimate: number;
  low: number;
  high: number;
  /** Of the total estimate, 0..1; the shares of overlapping instances add up to more than 1. Null outside the headline. */
  share: number | null;
  /** How many people the total would lose without this instance. Null where it can't be merged. */
  marginal: number | null;
}

export interface InstanceRow {
  node: string;
  name: string | null;
  listed: boolean;
  status: 'active' | 'probation';
  stale: boolean;
  /** A newer report of some day is held back. */
  held: boolean;
  lastDay: Day | null;
  lastReportAt: string | null;
  windows: Record<TotalWindow, InstanceWindow>;
}

export type TotalWindow = '1d' | '7d' | '30d' | 'all';

/** All people of one past day, read under that day's own key. */
export interface DayTotal {
  day: Day;
  uniques: Uniques;
  hits: number;
}

export interface Total {
  day: Day;
  windows: Record<TotalWindow, WindowTotal>;
  instances: InstanceRow[];
  /** Oldest first, from the first day that any active instance reported. */
  history: DayTotal[];
}
