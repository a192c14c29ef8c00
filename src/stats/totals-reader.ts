import type { Day } from '../clock/day.js';

/** Injection token of a `TotalsReader`. */
export const TOTALS_READER = Symbol('TotalsReader');

export interface GlobalUniques {
  estimate: number | null;
  low: number;
  high: number;
  dedup: 'full' | 'bounded' | 'none';
}

export interface InstanceCounts {
  fresh: number;
  stale: number;
  held: number;
  probation: number;
}

export interface GlobalWindow {
  from: Day | null;
  to: Day;
  uniques: GlobalUniques;
  sum: number;
  hits: number;
  visitorDays: number;
  overlap: number | null;
  coverage: number;
  instances: InstanceCounts;
}

export interface GlobalInstance {
  node: string;
  name: string | null;
  listed: boolean;
  status: 'active' | 'probation';
  stale: boolean;
  lastDay: Day | null;
  lastReportAt: string | null;
  windows: Record<
    '1d' | '7d' | '30d' | 'all',
    { estimate: number; low: number; high: number; share: number | null; marginal: number | null }
  >;
}

/** The newest total this node knows: its own, or the one its hub publishes. */
export interface GlobalTotal {
  /** When it was computed, ISO-8601. */
  asOf: string;
  windows: Record<'1d' | '7d' | '30d' | 'all', GlobalWindow>;
  instances: readonly GlobalInstance[];
  history: readonly { day: Day; uniques: GlobalUniques; hits: number }[];
}

export interface TotalsReader {
  /** False on a stand-alone node: what it counts itself is all there is. */
  readonly isFederated: boolean;
  /** Null until a first total was computed or fetched. */
  latest(): GlobalTotal | null;
}
