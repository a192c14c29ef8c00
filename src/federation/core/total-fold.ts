import { addDays, type Day, dayOf, daysFromTo } from '../../clock/day.js';
import type { Report } from '../../protocol/report.js';
import { interval95 } from '../../sketch/interval.js';
import { type ReadableSketch, Sketch } from '../../sketch/sketch.js';
import { whole } from '../../sketch/whole.js';
import type { LedgerSlot } from '../../storage/ledger.js';
import { MarginalPass } from './marginal.js';
import { mergeableDigest } from './mergeable-digest.js';
import { originWindow } from './origin-window.js';
import type { Policy } from './policy.js';
import { countsFrom, type RosterEntry, statusOn } from './roster.js';
import type {
  DayTotal,
  InstanceCounts,
  InstanceRow,
  InstanceWindow,
  Total,
  WindowTotal,
} from './total-figures.js';
import { type PartFigures, partFigures, WindowSums } from './window-sums.js';

/** What a total is a function of besides the ledger and the roster. */
export interface FoldTerms {
  /** `<chain>.<epoch>` that a window ending on that day is read under. */
  readKey(day: Day): string;
  /** The federation's scheme. */
  identity: string;
  policy: Policy;
  nowMs: number;
}

const LENGTHS = { '1d': 1, '7d': 7, '30d': 30 } as const;
type Merged = keyof typeof LENGTHS;
const MERGED = ['1d', '7d', '30d'] as const satisfies readonly Merged[];

/** What of an origin a total is made of. */
interface Origin {
  entry: RosterEntry;
  status: 'active' | 'probation';
  /** All counted reports, and those that may enter the headline. */
  reports: ReadonlyMap<Day, Report>;
  headline: ReadonlyMap<Day, Report>;
  newest: Report | null;
  held: boolean;
}

/** What is kept of an origin once it was folded in: figures, no sketch. */
interface Folded extends Omit<Origin, 'reports' | 'headline'> {
  lastDay: Day | null;
  windows: Record<Merged, PartFigures>;
}

interface HistoryDay {
  union: Sketch;
  sums: WindowSums;
}

/**
 * A total, made of one origin after the other in the order of their node ids: whatever the number of origins, memory
 * holds the sketches of one of them, and a union for each window and day.
 */
export class TotalFold {
  private readonly day: Day;
  private readonly origins: Folded[] = [];
  private readonly sums = perWindow(() => new WindowSums());
  private readonly passes = perWindow(() => new MarginalPass());
  /** By key name, of the days that are not under the key that a window is read under: those before a cut. */
  private readonly formerUnions = perWindow(() => new Map<string, Sketch>());
  private readonly history = new Map<Day, HistoryDay>();
  /** Over the days of active origins. */
  private readonly allDays = { hits: 0, uniques: 0 };

  constructor(private readonly terms: FoldTerms) {
    this.day = dayOf(terms.nowMs);
  }

  /** @param slots Of this origin, in any order. */
  add(
    entry: RosterEntry,
    slots: readonly LedgerSlot[],
    sketchOf: (digest: string) => ReadableSketch | null,
  ): void {
    const status = statusOn(entry, this.day, this.terms.policy);
    if (status !== 'active' && status !== 'probation') return;
    const origin = this.originOf(entry, status, slots);
    const windows = perWindow((name) => this.addWindow(name, origin, sketchOf));
    for (const [day, report] of origin.headline) this.addHistory(day, report, sketchOf);
    const { newest, held } = origin;
    const lastDay = [...origin.reports.keys()].sort().at(-1) ?? null;
    this.origins.push({ entry, status, newest, held, lastDay, windows });
  }

  /** Goes its own way from here. */
  copy(): TotalFold {
    const copy = new TotalFold(this.terms);
    copy.origins.push(...this.origins);
    for (const name of MERGED) {
      copy.sums[name] = this.sums[name].copy();
      copy.passes[name] = this.passes[name].copy();
      for (const [key, union] of this.formerUnions[name]) copy.formerUnion(name, key).merge(union);
    }
    for (const [day, { union, sums }] of this.history)
      copy.history.set(day, { union: new Sketch(union.registers.slice()), sums: sums.copy() });
    Object.assign(copy.allDays, this.allDays);
    return copy;
  }

  finish(): Total {
    const { day } = this;
    const counts = this.instanceCounts();
    const unions = perWindow((name) => this.passes[name].union().estimate());
    const windows = perWindow((name) =>
      this.windowTotal(name, this.underEachKey(name, unions[name]), counts),
    );
    const allTime = this.allTimeWindow(counts, windows['30d'].uniques.low);
    const without = perWindow((name) => this.passes[name].without());
    const instances = this.origins.map((origin): InstanceRow => {
      const row = (name: Merged) => {
        const left = without[name].get(origin.entry.nodeId);
        const part = origin.windows[name];
        // A difference of two estimates may come out larger than the part itself.
        const most = Math.min(part.estimate, whole(unions[name] - (left ?? 0)));
        const marginal = left === undefined ? null : Math.max(0, most);
        return instanceWindow(origin, part, windows[name], marginal);
      };
      return this.instanceRow(origin, perWindow(row), allTime);
    });
    return { day, windows: { ...windows, all: allTime }, instances, history: this.historyTotals() };
  }

  private originOf(entry: RosterEntry, status: 'active' | 'probation', slots: readonly LedgerSlot[]): Origin {
    const oldestDay = addDays(this.day, 1 - this.terms.policy.ledgerDays);
    const reports = new Map<Day, Report>();
    let held = false;
    for (const { accepted, counted } of slots) {
      if (accepted.day > this.day || accepted.day < oldestDay) continue;
      held ||= accepted.reportId !== counted?.reportId;
      if (counted && !counted.report.withdrawn) reports.set(counted.day, counted.report);
    }
    const firstDay = countsFrom(entry, this.terms.policy);
    const headline = new Map([...reports].filter(([day]) => firstDay === null || day >= firstDay));
    return {
      ...{ entry, status, reports, held, newest: newestOf(reports) },
      headline: status === 'active' ? headline : new Map(),
    };
  }

  private addWindow(
    name: Merged,
    { entry, status, headline, reports }: Origin,
    sketchOf: (digest: string) => ReadableSketch | null,
  ): PartFigures {
    const { readKey, identity } = this.terms;
    const question = { lastDay: this.day, length: LENGTHS[name], readKey, identity, sketchOf };
    const inHeadline = status === 'active';
    const window = originWindow(inHeadline ? headline : reports, question);
    const figures = partFigures(window);
    if (!inHeadline) return figures;
    this.sums[name].add(figures);
    for (const [key, union] of window.unions) {
      if (key === readKey(this.day)) this.passes[name].add(entry.nodeId, union);
      else this.formerUnion(name, key).merge(union);
    }
    return figures;
  }

  private formerUnion(name: Merged, key: string): Sketch {
    const union = this.formerUnions[name].get(key) ?? new Sketch();
    this.formerUnions[name].set(key, union);
    return union;
  }

  /** Of the union under each key that there is one under. */
  private underEachKey(name: Merged, underReadKey: number): number[] {
    const former = [...this.formerUnions[name].values()].map((union) => union.estimate());
    return underReadKey > 0 || former.length === 0 ? [underReadKey, ...former] : former;
  }

  private addHistory(day: Day, report: Report, sketchOf: (digest: string) => ReadableSketch | null): void {
    this.allDays.hits += report.hits;
    this.allDays.uniques += report.uniques;
    let kept = this.history.get(day);
    if (!kept) {
      kept = { union: new Sketch(), sums: new WindowSums() };
      this.history.set(day, kept);
    }
    const { readKey, identity } = this.terms;
    const digest = mergeableDigest(report, readKey(day), identity);
    const sketch = digest === undefined ? null : sketchOf(digest);
    kept.sums.add(dayFigures(report, sketch));
    sketch?.raise([kept.union]);
  }

  private windowTotal(name: Merged, unions: readonly number[], instances: InstanceCounts): WindowTotal {
    const sums = this.sums[name];
    const { sum, hits, visitorDays, coverage } = sums;
    return {
      from: addDays(this.day, 1 - LENGTHS[name]),
      to: this.day,
      uniques: sums.uniques(unions),
      ...{ sum, hits, visitorDays, overlap: sums.overlap(unions), coverage, instances },
    };
  }

  /**
   * Keys die by design, so nobody can merge all-time counts: a range from the largest instance, or from those who were
   * there in the last 30 days, to the sum.
   */
  private allTimeWindow(instances: InstanceCounts, lowOf30Days: number): WindowTotal {
    const active = this.origins.filter(({ status, newest }) => status === 'active' && newest);
    const counts = active.map(({ newest }) => newest!.windows.all);
    const sum = whole(counts.reduce((total, count) => total + count, 0));
    const largest = counts.reduce((most, count) => Math.max(most, count), 0);
    const low = Math.min(sum, Math.max(largest, lowOf30Days));
    return {
      ...{ from: null, to: this.day, sum },
      uniques: { estimate: null, low, high: sum, dedup: 'bounded' },
      hits: whole(this.allDays.hits),
      visitorDays: whole(this.allDays.uniques),
      ...{ overlap: null, coverage: 1, instances },
    };
  }

  private instanceRow(
    origin: Folded,
    windows: Record<Merged, InstanceWindow>,
    allTime: WindowTotal,
  ): InstanceRow {
    const { entry, newest, status, held, lastDay } = origin;
    const all = newest?.windows.all ?? 0;
    const { low, high } = interval95(all);
    const share = status === 'active' && allTime.sum > 0 ? all / allTime.sum : null;
    return {
      node: entry.nodeId,
      name: entry.listed ? entry.name : null,
      listed: entry.listed,
      status,
      stale: this.isStale(origin),
      held,
      lastDay,
      lastReportAt: newest?.issuedAt ?? null,
      windows: {
        ...windows,
        all: { estimate: all, low: whole(low), high: whole(high), share, marginal: null },
      },
    };
  }

  private historyTotals(): DayTotal[] {
    const firstDay = [...this.history.keys()].sort()[0];
    if (firstDay === undefined) return [];
    const nobody = { union: new Sketch(), sums: new WindowSums() };
    return daysFromTo(firstDay, this.day).map((day) => {
      const { union, sums } = this.history.get(day) ?? nobody;
      return { day, uniques: sums.uniques([union.estimate()]), hits: sums.hits };
    });
  }

  private instanceCounts(): InstanceCounts {
    const active = this.origins.filter(({ status }) => status === 'active');
    const stale = active.filter((origin) => this.isStale(origin)).length;
    return {
      fresh: active.length - stale,
      stale,
      held: this.origins.filter(({ held }) => held).length,
      probation: this.origins.length - active.length,
    };
  }

  private isStale({ newest }: Pick<Origin, 'newest'>): boolean {
    return !newest || Date.parse(newest.validUntil) < this.terms.nowMs;
  }
}

/** One day of one origin. Nothing of a single day is missing. */
function dayFigures({ uniques, hits }: Report, sketch: ReadableSketch | null): PartFigures {
  const rest = { missing: 0, hits, visitorDays: uniques, daysExpected: 1, daysReported: 1 };
  if (!sketch)
    return { estimate: uniques, low: uniques, high: uniques, merges: false, unmerged: uniques, ...rest };
  const estimate = whole(sketch.estimate());
  const { low, high } = interval95(estimate);
  return { estimate, low: whole(low), high: whole(high), merges: true, unmerged: 0, ...rest };
}

function instanceWindow(
  { status }: Pick<Origin, 'status'>,
  { estimate, low, high }: PartFigures,
  total: WindowTotal,
  marginal: number | null,
): InstanceWindow {
  const all = total.uniques.estimate;
  const share = status === 'active' && all ? Math.min(1, estimate / all) : null;
  return { estimate, low, high, share, marginal };
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

function perWindow<T>(make: (name: Merged) => T): Record<Merged, T> {
  const [day, week, month] = MERGED.map(make) as [T, T, T];
  return { '1d': day, '7d': week, '30d': month };
}
