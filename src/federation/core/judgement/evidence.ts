import type { Day } from '../../../clock/day.js';
import type { Report } from '../../../protocol/report.js';
import type { JudgedSketch } from './judged-sketch.js';

/** What the rules look at: a report that was accepted, and the origin's own reports before it. */
export interface Evidence {
  report: Report;
  /** The report of the day that counts so far. */
  counted: Report | null;
  /** A sketch that either of the two names, decoded; null when it is not there. */
  sketchOf(digest: string): JudgedSketch | null;
  /** Days 8 to 35 before the report's that count; and what a person released of later ones, and of its own day. */
  history: readonly { day: Day; uniques: number }[];
  /** The most people of a day, this one or an earlier one, that a person let count; 0 where nobody did. */
  released: number;
}

/** Why a report is held, in figures that a person can weigh. */
export interface Finding {
  rule: RuleName;
  measured: number;
  /** What `measured` may be at most; for `not-hash-like` at least. */
  threshold: number;
}

export type RuleName =
  | 'more-people-than-hits'
  | 'count-off-sketch'
  | 'jump'
  | 'register-fell'
  | 'late-change'
  | 'not-hash-like';
