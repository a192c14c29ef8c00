import { addDays, type Day, daysBetween } from '../../clock/day.js';
import type { Report } from '../../protocol/report.js';
import { type ReadableSketch, Sketch } from '../../sketch/sketch.js';
import { mergeableDigest } from './mergeable-digest.js';

/** The counted reports of one origin, by day, as far back as totals look. */
export type ReportsByDay = ReadonlyMap<Day, Report>;

/** What one origin says of the window that ends on `lastDay`, as far as its reports go. */
export interface OriginWindow {
  /** By key name, the union of its days: under the key the window is read under, and of others under that of their day. */
  unions: Map<string, Sketch>;
  hits: number;
  /** Sum of daily uniques. */
  visitorDays: number;
  /** People on days that can't be merged: each of them may or may not be in the union already. */
  unmergedUniques: number;
  /** Its own count of the window, for an origin that sends no sketches at all. */
  ownCount: number;
  daysReported: number;
  daysExpected: number;
  /** How many people a missing day may hide: the uniques of its last complete day, for each missing day. */
  missingUniques: number;
}

const SEEN_DAYS = 7;

export interface WindowQuestion {
  lastDay: Day;
  /** 1, 7 or 30. */
  length: number;
  /** `<chain>.<epoch>` that a window ending on that day is read under. */
  readKey(day: Day): string;
  /** The federation's scheme. */
  identity: string;
  sketchOf(digest: string): ReadableSketch | null;
}

/** Reports of every origin are merged the same way, so one pure function serves total, rows and verification. */
export function originWindow(reports: ReportsByDay, question: WindowQuestion): OriginWindow {
  const result = emptyWindow();
  const { lastDay, length } = question;
  const firstDay = addDays(lastDay, 1 - length);
  for (const [day, report] of reports)
    if (firstDay <= day && day <= lastDay) addDay(result, report, question);
  result.ownCount = ownCount(reports, question, result);
  expectDays(result, reports, question);
  return result;
}

function emptyWindow(): OriginWindow {
  return {
    unions: new Map(),
    hits: 0,
    visitorDays: 0,
    unmergedUniques: 0,
    ownCount: 0,
    daysReported: 0,
    daysExpected: 0,
    missingUniques: 0,
  };
}

function addDay(result: OriginWindow, report: Report, question: WindowQuestion): void {
  result.daysReported += 1;
  result.hits += report.hits;
  result.visitorDays += report.uniques;
  const keys = [question.readKey(question.lastDay), question.readKey(report.day)];
  for (const key of keys) {
    const digest = mergeableDigest(report, key, question.identity);
    const sketch = digest === undefined ? null : question.sketchOf(digest);
    if (!sketch) continue;
    const union = result.unions.get(key) ?? new Sketch();
    result.unions.set(key, union);
    sketch.raise([union]);
    return;
  }
  result.unmergedUniques += report.uniques;
}

function ownCount(reports: ReportsByDay, question: WindowQuestion, result: OriginWindow): number {
  const newest = reports.get(question.lastDay);
  if (question.length === 1) return newest?.uniques ?? 0;
  const own = newest?.windows[question.length === 7 ? '7d' : '30d'];
  return own ?? Math.min(result.visitorDays, lastWindowCount(reports, question.length));
}

/** An origin that has not reported today yet: its count as of its newest report stands in for it. */
function lastWindowCount(reports: ReportsByDay, length: number): number {
  const newestDay = newestOf(reports);
  if (newestDay === null) return 0;
  return reports.get(newestDay)!.windows[length === 7 ? '7d' : '30d'];
}

/** A day without a report between the origin's first one and today hides people as long as the origin is alive. */
function expectDays(result: OriginWindow, reports: ReportsByDay, question: WindowQuestion): void {
  const newestDay = newestOf(reports);
  result.daysExpected = result.daysReported;
  if (newestDay === null || daysBetween(newestDay, question.lastDay) > SEEN_DAYS) return;
  const windowStart = addDays(question.lastDay, 1 - question.length);
  const reported = [...reports.keys()].sort();
  const firstExpected =
    reported.find((day) => day >= windowStart) === reported[0] ? reported[0]! : windowStart;
  result.daysExpected = Math.max(result.daysReported, daysBetween(firstExpected, question.lastDay) + 1);
  result.missingUniques = (result.daysExpected - result.daysReported) * lastCompleteUniques(reports);
}

function newestOf(reports: ReportsByDay): Day | null {
  let newest: Day | null = null;
  for (const day of reports.keys()) if (newest === null || day > newest) newest = day;
  return newest;
}

function lastCompleteUniques(reports: ReportsByDay): number {
  const days = [...reports.keys()].sort().reverse();
  const complete = days.find((day) => reports.get(day)!.closed) ?? days[0];
  return complete === undefined ? 0 : reports.get(complete)!.uniques;
}
