import type { Clock } from '../../clock/clock.js';
import { DAY_MS, type Day, type Hour } from '../../clock/day.js';
import { Sketch } from '../../sketch/sketch.js';
import {
  type CountStore,
  type DayCounts,
  daySketchName,
  type HourCounts,
  type SketchName,
  StoreUnavailableError,
  type Visit,
} from '../count-store.js';
import { NO_COMMITS } from '../group-commit.js';
import { placeOf, VisitTally } from '../visit-tally.js';

interface MemoryDay {
  hits: number;
  dropped: Record<string, number>;
  importedUniques: number | null;
}

/** Counts in memory, for simulations and tests of everything above the store. Nothing outlives the process. */
export class MemoryCountStore implements CountStore {
  readonly commitFigures = NO_COMMITS;
  private readonly sketches = new Map<SketchName, Sketch>();
  private readonly dayCounts = new Map<Day, MemoryDay>();
  private readonly hourHits = new Map<Hour, number>();
  private readonly idempotencyKeys = new Map<string, number>();
  private isClosed = false;

  constructor(private readonly clock: Clock) {}

  async record(visit: Visit): Promise<void> {
    await this.recordBatch([visit]);
  }

  async recordBatch(visits: readonly Visit[], idempotencyKey?: string): Promise<'recorded' | 'repeated'> {
    this.demandOpen();
    if (idempotencyKey !== undefined && !this.claim(idempotencyKey)) return 'repeated';
    const tally = new VisitTally();
    tally.add(visits);
    for (const [day, hits] of tally.dayHits) this.day(day).hits += hits;
    for (const [hour, hits] of tally.hourHits) this.hourHits.set(hour, (this.hourHits.get(hour) ?? 0) + hits);
    for (const [name, ids] of tally.ids) for (const id of ids) this.hot(name).add(id);
    return 'recorded';
  }

  recordDropped(day: Day, reason: string, count: number): void {
    const { dropped } = this.day(day);
    dropped[reason] = (dropped[reason] ?? 0) + count;
  }

  async raiseImportedUniques(day: Day, uniques: number): Promise<void> {
    this.demandOpen();
    const counts = this.day(day);
    counts.importedUniques = Math.max(uniques, counts.importedUniques ?? 0);
  }

  async raiseHits(day: Day, hits: number): Promise<void> {
    this.demandOpen();
    if (hits === 0) return;
    const counts = this.day(day);
    counts.hits = Math.max(hits, counts.hits);
  }

  async sketch(name: SketchName): Promise<Sketch | null> {
    this.demandOpen();
    return this.sketches.get(name)?.clone() ?? null;
  }

  async daySketches(day: Day): Promise<Map<string, Sketch>> {
    this.demandOpen();
    const prefix = daySketchName(day, '');
    const names = [...this.sketches.keys()].filter((name) => name.startsWith(prefix)).sort();
    return new Map(names.map((name) => [placeOf(name).keyName, this.sketches.get(name)!.clone()]));
  }

  async mergeSketch(name: SketchName, sketch: Sketch): Promise<void> {
    this.demandOpen();
    if (!sketch.isEmpty()) this.hot(name).merge(sketch);
  }

  async days(from: Day, to: Day): Promise<DayCounts[]> {
    this.demandOpen();
    return [...this.dayCounts]
      .filter(([day]) => day >= from && day <= to)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, { hits, dropped, importedUniques }]) => ({
        day,
        hits,
        dropped: { ...dropped },
        importedUniques,
      }));
  }

  async hours(from: Hour, to: Hour): Promise<HourCounts[]> {
    this.demandOpen();
    return [...this.hourHits]
      .filter(([hour]) => hour >= from && hour <= to)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([hour, hits]) => ({ hour, hits }));
  }

  async prune(firstDay: Day, firstHour: Hour): Promise<number> {
    this.demandOpen();
    for (const name of this.sketches.keys()) {
      const { day, hour } = placeOf(name);
      if ((day !== null && day < firstDay) || (hour !== null && hour < firstHour)) this.sketches.delete(name);
    }
    for (const hour of this.hourHits.keys()) if (hour < firstHour) this.hourHits.delete(hour);
    const old = [...this.dayCounts.keys()].filter((day) => day < firstDay);
    for (const day of old) this.dayCounts.delete(day);
    return old.length;
  }

  async check(): Promise<void> {
    this.demandOpen();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private claim(key: string): boolean {
    const nowMs = this.clock.nowMs();
    for (const [known, atMs] of this.idempotencyKeys) {
      if (atMs < nowMs - DAY_MS) this.idempotencyKeys.delete(known);
    }
    if (this.idempotencyKeys.has(key)) return false;
    this.idempotencyKeys.set(key, nowMs);
    return true;
  }

  private hot(name: SketchName): Sketch {
    const known = this.sketches.get(name) ?? new Sketch();
    this.sketches.set(name, known);
    return known;
  }

  private day(day: Day): MemoryDay {
    const known = this.dayCounts.get(day) ?? { hits: 0, dropped: {}, importedUniques: null };
    this.dayCounts.set(day, known);
    return known;
  }

  private demandOpen(): void {
    if (this.isClosed) throw new StoreUnavailableError('it is closed');
  }
}
