import type { Day, Hour } from '../../src/clock/day.js';
import { Sketch } from '../../src/sketch/sketch.js';
import {
  type CountStore,
  type DayCounts,
  type HourCounts,
  type SketchName,
  StoreUnavailableError,
  type Visit,
} from '../../src/storage/count-store.js';
import { NO_COMMITS } from '../../src/storage/group-commit.js';

/**
 * A CountStore that remembers every visitor id, to compare with: `uniques` is exact where a sketch estimates. Set
 * `isAway` to make it refuse everything, as a full disk would.
 */
export class ExactCountStore implements CountStore {
  readonly commitFigures = NO_COMMITS;
  isAway = false;
  readonly ids = new Map<SketchName, Set<string>>();
  readonly hits = new Map<Day, number>();
  readonly dropped = new Map<string, number>();
  readonly imported = new Map<Day, number>();
  readonly hourHits = new Map<Hour, number>();
  private readonly idempotencyKeys = new Set<string>();

  uniques(name: SketchName): number {
    return this.ids.get(name)?.size ?? 0;
  }

  get hitsInAll(): number {
    return [...this.hits.values()].reduce((sum, hits) => sum + hits, 0);
  }

  droppedFor(reason: string): number {
    return [...this.dropped].reduce(
      (sum, [name, count]) => sum + (name.endsWith(` ${reason}`) ? count : 0),
      0,
    );
  }

  async record(visit: Visit): Promise<void> {
    this.demandHere();
    this.hits.set(visit.day, (this.hits.get(visit.day) ?? 0) + 1);
    if (visit.hour !== null) this.hourHits.set(visit.hour, (this.hourHits.get(visit.hour) ?? 0) + 1);
    for (const { sketch, visitorId } of visit.sightings) {
      const ids = this.ids.get(sketch) ?? new Set();
      this.ids.set(sketch, ids.add(Buffer.from(visitorId).toString('hex')));
    }
  }

  async recordBatch(visits: readonly Visit[], idempotencyKey?: string): Promise<'recorded' | 'repeated'> {
    this.demandHere();
    if (idempotencyKey !== undefined && this.idempotencyKeys.has(idempotencyKey)) return 'repeated';
    if (idempotencyKey !== undefined) this.idempotencyKeys.add(idempotencyKey);
    for (const visit of visits) await this.record(visit);
    return 'recorded';
  }

  recordDropped(day: Day, reason: string, count: number): void {
    const name = `${day} ${reason}`;
    this.dropped.set(name, (this.dropped.get(name) ?? 0) + count);
  }

  async raiseHits(day: Day, hits: number): Promise<void> {
    this.hits.set(day, Math.max(hits, this.hits.get(day) ?? 0));
  }

  async raiseImportedUniques(day: Day, uniques: number): Promise<void> {
    this.demandHere();
    this.imported.set(day, Math.max(uniques, this.imported.get(day) ?? 0));
  }

  async sketch(name: SketchName): Promise<Sketch | null> {
    const ids = this.ids.get(name);
    if (!ids) return null;
    const sketch = new Sketch();
    for (const id of ids) sketch.add(Buffer.from(id, 'hex'));
    return sketch;
  }

  async daySketches(day: Day): Promise<Map<string, Sketch>> {
    const start = `day/${day}/`;
    const sketches = new Map<string, Sketch>();
    for (const name of this.ids.keys()) {
      const sketch = name.startsWith(start) ? await this.sketch(name) : null;
      if (sketch) sketches.set(name.slice(start.length), sketch);
    }
    return sketches;
  }

  async mergeSketch(): Promise<void> {
    throw new StoreUnavailableError('an exact store keeps ids, not sketches');
  }

  async days(from: Day, to: Day): Promise<DayCounts[]> {
    const days = [...this.hits.keys()].filter((day) => day >= from && day <= to).sort();
    return days.map((day) => ({
      day,
      hits: this.hits.get(day) ?? 0,
      dropped: {},
      importedUniques: this.imported.get(day) ?? null,
    }));
  }

  async hours(from: Hour, to: Hour): Promise<HourCounts[]> {
    const hours = [...this.hourHits].filter(([hour]) => hour >= from && hour <= to);
    return hours.sort().map(([hour, hits]) => ({ hour, hits }));
  }

  async prune(firstDay: Day): Promise<number> {
    this.demandHere();
    const old = [...this.hits.keys()].filter((day) => day < firstDay);
    for (const day of old) this.hits.delete(day);
    return old.length;
  }

  async check(): Promise<void> {
    this.demandHere();
  }

  async close(): Promise<void> {}

  private demandHere(): void {
    if (this.isAway) throw new StoreUnavailableError('taken away by the test');
  }
}
