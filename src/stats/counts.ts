import type { Day } from '../clock/day.js';
import type { WindowName } from '../config/config.js';
import type { Uncertain } from '../sketch/rounded.js';
import type { GlobalUniques, InstanceCounts } from './totals-reader.js';

/** `local`, `global` or `instance:<node id>`. */
export type Scope = string;

/** How many different people, and how sure that is. docs/SITES.md explains each field. */
export interface Counts {
  scope: Scope;
  window: { name: WindowName; from: Day | null; to: Day; partial: boolean };
  uniques: GlobalUniques;
  sum: number;
  /** The part of the sum that instances of the earlier system claim, which nobody can verify. */
  unverified: number;
  hits: number | null;
  visitorDays: number | null;
  overlap: number | null;
  instances: InstanceCounts;
  coverage: number;
  asOf: string;
}

export interface HistoryDay {
  day: Day;
  uniques: number | null;
  low: number;
  high: number;
  hits: number;
}

export interface History {
  scope: Scope;
  /** Oldest first. */
  days: HistoryDay[];
  asOf: string;
}

/** The people of every window at once, as far as one scope knows them. */
export interface ScopeNow {
  windows: Record<WindowName, GlobalUniques>;
  instances: InstanceCounts;
  coverage: number;
  /** When the total was computed; null for figures that are as new as the answer. */
  asOf: string | null;
}

/** Different people of the last minutes, as far as this process saw them. */
export interface LiveNow {
  fiveMinutes: Uncertain;
  hour: Uncertain;
}

/** What a counter shows: small enough to be sent to thousands of readers whenever it changes. */
export interface Now {
  /** What the operator calls this node. */
  name: string | null;
  /** False on a stand-alone node: then both scopes are the same. */
  federated: boolean;
  /** Null before the first total. */
  global: ScopeNow | null;
  local: ScopeNow;
  /** Who is on this node right now; null on a node that counts nobody itself. */
  live: LiveNow | null;
  asOf: string;
}
