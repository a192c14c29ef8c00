import { addDays, type Day, dayOf, daysFromTo } from '../../clock/day.js';
import type { Report } from '../../protocol/report.js';
import { interval95, relativeError } from '../../sketch/interval.js';
import { Sketch } from '../../sketch/sketch.js';
import type { LedgerSlot } from '../../storage/ledger.js';
import { marginalContributions } from './marginal.js';
import { type OriginWindow, originWindow } from './origin-window.js';
import type { Policy } from './policy.js';
import { countsFrom, type RosterEntry, statusOn } from './roster.js';
import type {
  DayTotal,
  InstanceCounts,
  InstanceRow,
  InstanceWindow,
  Total,
  Uniques,
  WindowTotal,
} from './total-figures.js';

/**
 * Total = f(ledger, decisions, roster, policy, date). A pure function: whoever has the same inputs gets the same
 * figures, and an origin that is taken out of the inputs leaves no trace in them. (docs/PROTOCOL.md, "Totals")
 */
export interface TotalInputs {
  slots: readonly LedgerSlot[];
  sketchOf(digest: string): Sketch | null;
  roster: readonly RosterEntry[];
  /** `<chain>.<epoch>` that a window ending on that day is read under. */
  readKey(day: Day): string;
  policy: Policy;
  nowMs: number;
}

const LENGTHS = { '1d': 1, '7d': 7, '30d': 30 } as const;
const OVERLAP_SIGMAS = 2;

interface Origin {
  entry: RosterEntry;
  status: 'active' | 'probation';
  /** All counted reports, and those that may enter the headline. */
  reports: ReadonlyMap<Day, Report>;
  headline: ReadonlyMap<Day, Report>;
  newest: Report | null;
  held: boolean;
}

export function computeTotal(inputs: TotalInputs): Total {
  const day = dayOf(inputs.nowMs);
  const origins = originsOf(inputs, day);
  const merged = Object.fromEntries(
    (['1d', '7d', '30d'] as const).map((window) => [window, mergeWindow(origins, inputs, day, window)]),
  ) as Record<keyof typeof LENGTHS, MergedWindow>;
  const allTime = allTimeWindow(origins, inputs, day);
  return {
    day,
    windows: { '1d': merged['1d'].total, '7d': merged['7d'].total, '30d': merged['30d'].total, all: allTime },
    instances: origins.map((origin) => instanceRow(origin, merged, allTime, inputs.nowMs)),
    history: historyOf(origins, inputs, day),
  };
}

function historyOf(origins: readonly Origin[], inputs: TotalInputs, today: Day): DayTotal[] {
  const firstDay = origins.flatMap((origin) => [...origin.headline.keys()]).sort()[0];
  if (firstDay === undefined) return [];
  return daysFromTo(firstDay, today).map((day) => {
    const question = { lastDay: day, length: 1, readKey: inputs.readKey(day), sketchOf: inputs.sketchOf };
    const parts = origins
      .filter((origin) => origin.headline.has(day))
      .map((origin): Part => {
        const window = originWindow(new Map([[day, origin.headline.get(day)!]]), question);
        return { origin, window, inHeadline: true, ...partFigures(window) };
      });
    const sum = sumOf(parts, (part) => part.estimate);
    return {
      day,
      uniques: unionUniques(parts, unionOf(parts), sum),
      hits: sumOf(parts, (part) => part.window.hits),
    };
  });
}

function unionOf(parts: readonly Part[]): number {
  const union = new Sketch();
  for (const part of parts) if (part.window.union) union.merge(part.window.union);
  return union.estimate();
}

function originsOf(inputs: TotalInputs, day: Day): Origin[] {
  const slotsByOrigin = new Map<string, LedgerSlot[]>();
  for (const slot of inputs.slots) {
    const slots = slotsByOrigin.get(slot.accepted.origin);
    if (slots) slots.push(slot);
    else slotsByOrigin.set(slot.accepted.origin, [slot]);
  }
  const roster = [...inputs.roster].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  return roster.flatMap((entry) => {
    const status = statusOn(entry, day, inputs.policy);
    if (status !== 'active' && status !== 'probation') return [];
    return [originOf(entry, status, slotsByOrigin.get(entry.nodeId) ?? [], inputs, day)];
  });
}

function originOf(
  entry: RosterEntry,
  status: 'active' | 'probation',
  slots: readonly LedgerSlot[],
  inputs: TotalInputs,
  today: Day,
): Origin {
  const oldestDay = addDays(today, 1 - inputs.policy.ledgerDays);
  const reports = new Map<Day, Report>();
  let held = false;
  for (const { accepted, counted } of slots) {
    if (accepted.day > today || accepted.day < oldestDay) continue;
    held ||= accepted.reportId !== counted?.reportId;
    if (counted && !counted.report.withdrawn) reports.set(counted.day, counted.report);
  }
  const firstDay = countsFrom(entry, inputs.policy);
  const headline = new Map([...reports].filter(([day]) => firstDay === null || day >= firstDay));
  return {
    entry,
    status,
    reports,
    headline: status === 'active' ? headline : new Map(),
    newest: newestOf(reports),
    held,
  };
}

function newestOf(reports: ReadonlyMap<Day, Report>): Report | null {
  let newest: Report | null = null;
  for (const report of reports.values()) {
    if (!newest || isNewer(report, newest)) newest = report;
  }
  return newest;
}

/** Reports of several days are often issued in one second: the order must not depend on how they are stored. */
function isNewer(a: Report, b: Report): boolean {
  if (a.issuedAt !== b.issuedAt) return a.issuedAt > b.issuedAt;
  return a.day > b.day;
}

interface Part {
  origin: Origin;
  window: OriginWindow;
  estimate: number;
  low: number;
  high: number;
  inHeadline: boolean;
}

interface MergedWindow {
  total: WindowTotal;
  parts: ReadonlyMap<string, InstanceWindow>;
}

function mergeWindow(
  origins: readonly Origin[],
  inputs: TotalInputs,
  day: Day,
  name: keyof typeof LENGTHS,
): MergedWindow {
  const length = LENGTHS[name];
  const question = { lastDay: day, length, readKey: inputs.readKey(day), sketchOf: inputs.sketchOf };
  const parts = origins.map((origin): Part => {
    const inHeadline = origin.status === 'active';
    const window = originWindow(inHeadline ? origin.headline : origin.reports, question);
    return { origin, window, inHeadline, ...partFigures(window) };
  });
  const counted = parts.filter((part) => part.inHeadline);
  const mergeable = counted.filter((part) => part.window.union !== null);
  const { union, without } = marginalContributions(
    mergeable.map((part) => ({ owner: part.origin.entry.nodeId, sketch: part.window.union! })),
  );
  const total = windowTotal(counted, union.estimate(), inputs.nowMs, origins);
  total.from = addDays(day, 1 - length);
  total.to = day;
  const rows = parts.map((part) => {
    const unionWithout = without.get(part.origin.entry.nodeId);
    const marginal = unionWithout === undefined ? null : Math.max(0, whole(union.estimate() - unionWithout));
    return [part.origin.entry.nodeId, instanceWindow(part, total, marginal)] as const;
  });
  return { total, parts: new Map(rows) };
}

/** An origin's own figure: its union, widened by the days of it that can't be merged or are missing. */
function partFigures(window: OriginWindow): { estimate: number; low: number; high: number } {
  if (!window.union) {
    const { ownCount } = window;
    return { estimate: ownCount, low: ownCount, high: whole(ownCount + window.missingUniques) };
  }
  const estimate = whole(window.union.estimate());
  const { low, high } = interval95(estimate);
  return { estimate, low: whole(low), high: whole(high + window.unmergedUniques + window.missingUniques) };
}

function windowTotal(
  parts: readonly Part[],
  unionEstimate: number,
  nowMs: number,
  origins: readonly Origin[],
): WindowTotal {
  const sum = sumOf(parts, (part) => part.estimate);
  const expected = sumOf(parts, (part) => part.window.daysExpected);
  const reported = sumOf(parts, (part) => part.window.daysReported);
  return {
    from: null,
    to: '',
    uniques: unionUniques(parts, unionEstimate, sum),
    sum,
    hits: sumOf(parts, (part) => part.window.hits),
    visitorDays: sumOf(parts, (part) => part.window.visitorDays),
    overlap: overlapOf(parts, unionEstimate),
    coverage: expected === 0 ? 1 : reported / expected,
    instances: instanceCounts(origins, nowMs),
  };
}

/**
 * The estimate is clamped to [largest instance, sum]; the interval is the union's own, no narrower than the parts
 * allow. What can't be merged may or may not be in the union already: it raises only the upper end.
 */
function unionUniques(parts: readonly Part[], unionEstimate: number, sum: number): Uniques {
  const unmerged = sumOf(parts, (part) =>
    part.window.union ? part.window.unmergedUniques : part.window.ownCount,
  );
  const missing = sumOf(parts, (part) => part.window.missingUniques);
  // What an origin says without a sketch to show for it may only raise the upper end, unless nobody has any.
  const shown = parts.some((part) => part.window.union) ? parts.filter((part) => part.window.union) : parts;
  const largest = maxOf(shown, (part) => part.estimate);
  const estimate = clamp(whole(unionEstimate), largest, sum);
  const interval = interval95(estimate);
  const low = Math.min(
    estimate,
    Math.max(
      interval.low,
      maxOf(shown, (part) => part.low),
    ),
  );
  const high = Math.min(
    interval.high + unmerged + missing,
    sumOf(parts, (part) => part.high),
  );
  const isAlone = parts.length === 1 && !parts[0]!.window.union;
  const mergesNone = !isAlone && parts.length > 0 && parts.every((part) => !part.window.union);
  return {
    estimate: mergesNone ? null : estimate,
    low,
    high: whole(Math.max(high, estimate)),
    dedup: unmerged === 0 || isAlone ? 'full' : 'bounded',
  };
}

function overlapOf(parts: readonly Part[], unionEstimate: number): number | null {
  const mergeable = parts.filter((part) => part.window.union);
  const excess = sumOf(mergeable, (part) => part.estimate) - whole(unionEstimate);
  const variance = mergeable.reduce(
    (sum, part) => sum + deviation(part.estimate) ** 2,
    deviation(unionEstimate) ** 2,
  );
  return mergeable.length > 1 && excess > OVERLAP_SIGMAS * Math.sqrt(variance) ? excess : null;
}

function deviation(estimate: number): number {
  return relativeError(estimate) * estimate;
}

function instanceWindow(part: Part, total: WindowTotal, marginal: number | null): InstanceWindow {
  const { estimate, low, high, inHeadline } = part;
  const whole = total.uniques.estimate;
  const share = inHeadline && whole ? Math.min(1, estimate / whole) : null;
  return { estimate, low, high, share, marginal };
}

/** Keys die by design, so nobody can merge all-time counts: a range from the largest instance to the sum. */
function allTimeWindow(origins: readonly Origin[], inputs: TotalInputs, day: Day): WindowTotal {
  const active = origins.filter((origin) => origin.status === 'active' && origin.newest);
  const reports = active.flatMap((origin) => [...origin.headline.values()]);
  const counts = active.map((origin) => origin.newest!.windows.all);
  const sum = sumOf(counts, (count) => count);
  return {
    from: null,
    to: day,
    uniques: { estimate: null, low: Math.max(0, ...counts), high: sum, dedup: 'bounded' },
    sum,
    hits: sumOf(reports, (report) => report.hits),
    visitorDays: sumOf(reports, (report) => report.uniques),
    overlap: null,
    coverage: 1,
    instances: instanceCounts(origins, inputs.nowMs),
  };
}

function instanceRow(
  origin: Origin,
  merged: Record<keyof typeof LENGTHS, MergedWindow>,
  allTime: WindowTotal,
  nowMs: number,
): InstanceRow {
  const { entry, newest } = origin;
  const all = newest?.windows.all ?? 0;
  const { low, high } = interval95(all);
  const share = origin.status === 'active' && allTime.sum > 0 ? all / allTime.sum : null;
  const row = (window: keyof typeof LENGTHS) => merged[window].parts.get(entry.nodeId)!;
  return {
    node: entry.nodeId,
    name: entry.listed ? entry.name : null,
    listed: entry.listed,
    status: origin.status,
    stale: isStale(origin, nowMs),
    held: origin.held,
    lastDay: lastDayOf(origin),
    lastReportAt: newest?.issuedAt ?? null,
    windows: {
      '1d': row('1d'),
      '7d': row('7d'),
      '30d': row('30d'),
      all: { estimate: all, low: whole(low), high: whole(high), share, marginal: null },
    },
  };
}

function lastDayOf(origin: Origin): Day | null {
  return [...origin.reports.keys()].sort().at(-1) ?? null;
}

function isStale(origin: Origin, nowMs: number): boolean {
  return !origin.newest || Date.parse(origin.newest.validUntil) < nowMs;
}

function instanceCounts(origins: readonly Origin[], nowMs: number): InstanceCounts {
  const active = origins.filter((origin) => origin.status === 'active');
  const stale = active.filter((origin) => isStale(origin, nowMs)).length;
  return {
    fresh: active.length - stale,
    stale,
    held: origins.filter((origin) => origin.held).length,
    probation: origins.length - active.length,
  };
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return whole(items.reduce((sum, item) => sum + value(item), 0));
}

/** Figures stay integers that JSON can carry, whatever a forged sketch claims: one total must not break for all. */
function whole(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(value));
}

function maxOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((largest, item) => Math.max(largest, value(item)), 0);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
