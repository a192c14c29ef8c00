import { setImmediate as nextTurn } from 'node:timers/promises';
import { addDays, type Day, daysFromTo } from '../clock/day.js';
import { interval95 } from '../sketch/interval.js';
import { Sketch } from '../sketch/sketch.js';
import { ALL_TIME, type CountStore, type DayCounts } from '../storage/count-store.js';
import { type Interval, mergeGroups, ownKey, type SketchGroup, sumOf } from './sketch-groups.js';

/** Which key a window or a day is read under. `<chain>.<epoch>`; null on a node that holds none. */
export interface ReadKeys {
  keyOfWindow(lastDay: Day): string | null;
}

export interface LocalWindow extends Interval {
  from: Day | null;
  to: Day;
  hits: number;
  /** Sum of daily uniques. */
  visitorDays: number;
}

export interface LocalDay {
  day: Day;
  hits: number;
  uniques: number;
}

const LENGTHS = { '1d': 1, '7d': 7, '30d': 30 } as const;
/** Days that are read in one turn of the event loop. */
const DAYS_A_TURN = 16;
/** Before any day that a node could have counted. */
const BEGINNING = '2000-01-01';

interface CachedDay {
  hits: number;
  sketches: Map<string, Sketch>;
  /** Of its sketches: imported uniques can rise while the hits stay. */
  uniques: number;
}

/**
 * What this node alone has counted. Days of the past are read from the store once and again only after their hits
 * have changed, so that a question about 30 days costs the store one row a day and one day's sketches.
 */
export class LocalWindows {
  private readonly pastDays = new Map<Day, CachedDay>();

  constructor(
    private readonly store: CountStore,
    private readonly keys: ReadKeys,
    private readonly cachedDaysMax = 64,
  ) {}

  /** The people of `length` days that end on `lastDay`. */
  async days(lastDay: Day, length: number): Promise<LocalWindow> {
    const from = addDays(lastDay, 1 - length);
    const counts = await this.store.days(from, lastDay);
    const read = await Promise.all(counts.map((count) => this.readDay(count)));
    const groups = mergeGroups(read.map((day) => day.sketches).reverse(), this.keys.keyOfWindow(lastDay));
    const imported = sumOf(counts, (count) => count.importedUniques ?? 0);
    return {
      ...boundsOf(groups, imported),
      from,
      to: lastDay,
      hits: sumOf(counts, (count) => count.hits),
      visitorDays: sumOf(read, (day) => day.uniques) + imported,
    };
  }

  window(name: keyof typeof LENGTHS, lastDay: Day): Promise<LocalWindow> {
    return this.days(lastDay, LENGTHS[name]);
  }

  /**
   * The people of all days from `from` to `to` under the key that windows ending on `readDay` are read under. Null when
   * a day that has visits has no sketch under it: its people cannot be compared.
   */
  async union(from: Day, to: Day, readDay: Day): Promise<Sketch | null> {
    const keyName = this.keys.keyOfWindow(readDay);
    const union = new Sketch();
    for (const count of await this.store.days(from, to)) {
      const { sketches, hits } = await this.readDay(count);
      const sketch = keyName === null ? undefined : sketches.get(keyName);
      if (sketch) union.merge(sketch);
      else if (hits > 0) return null;
    }
    return union;
  }

  /** Everyone ever, under the node's own key. */
  async allTime(today: Day): Promise<LocalWindow> {
    const sketch = await this.store.sketch(ALL_TIME);
    const history = await this.history(BEGINNING, today);
    const estimate = sketch?.people() ?? 0;
    return {
      estimate,
      ...interval95(estimate),
      dedup: 'full',
      from: history[0]?.day ?? null,
      to: today,
      hits: sumOf(history, (day) => day.hits),
      visitorDays: sumOf(history, (day) => day.uniques),
    };
  }

  /** The days that have any count, oldest first. */
  async history(from: Day, to: Day): Promise<LocalDay[]> {
    const counts = await this.store.days(from, to);
    const days: LocalDay[] = [];
    for (const [index, count] of counts.entries()) {
      days.push({ day: count.day, hits: count.hits, uniques: await this.uniquesOf(count) });
      // A year of days that nobody asked for yet takes a while: others' requests go in between.
      if (index % DAYS_A_TURN === DAYS_A_TURN - 1) await nextTurn();
    }
    return days;
  }

  private readonly uniquesByDay = new Map<Day, { hits: number; uniques: number }>();

  private async uniquesOf(count: DayCounts): Promise<number> {
    const known = this.uniquesByDay.get(count.day);
    const uniques = known?.hits === count.hits ? known.uniques : (await this.readDay(count)).uniques;
    this.uniquesByDay.set(count.day, { hits: count.hits, uniques });
    return uniques + (count.importedUniques ?? 0);
  }

  private async readDay(count: DayCounts): Promise<CachedDay> {
    const known = this.pastDays.get(count.day);
    if (known?.hits === count.hits) return known;
    const sketches = await this.store.daySketches(count.day);
    const read = { hits: count.hits, sketches, uniques: uniquesOfDay(sketches) };
    this.keep(count.day, read);
    return read;
  }

  private keep(day: Day, read: CachedDay): void {
    this.pastDays.delete(day);
    this.pastDays.set(day, read);
    const [oldest] = this.pastDays.keys();
    if (this.pastDays.size > this.cachedDaysMax && oldest) this.pastDays.delete(oldest);
  }
}

/** A day's people are the same under either of its keys; the earlier one is the day's own. */
function uniquesOfDay(sketches: ReadonlyMap<string, Sketch>): number {
  const own = ownKey(sketches);
  return own === null ? 0 : sketches.get(own)!.people();
}

function boundsOf(groups: readonly SketchGroup[], imported: number): Interval {
  const estimates = groups.map((group) => group.union.people());
  const largest = Math.max(0, ...estimates);
  const isWhole = groups.length <= 1 && imported === 0;
  const high = sumOf(estimates, (estimate) => interval95(estimate).high) + imported;
  return { estimate: largest, low: interval95(largest).low, high, dedup: isWhole ? 'full' : 'bounded' };
}

/** Every day from `from` to `to`, with zeros where nothing was counted. */
export function zeroFilled(days: readonly LocalDay[], from: Day, to: Day): LocalDay[] {
  const byDay = new Map(days.map((day) => [day.day, day]));
  return daysFromTo(from, to).map((day) => byDay.get(day) ?? { day, hits: 0, uniques: 0 });
}
