import { addDays, type Day, dayOf, HOUR_MS, type Hour, hourOf } from '../clock/day.js';
import { interval95 } from '../sketch/interval.js';
import { Sketch } from '../sketch/sketch.js';
import { type CountStore, hourSketchName } from '../storage/count-store.js';
import type { LocalWindow, LocalWindows } from './local-windows.js';
import { type Estimate, estimateOf, newPeople } from './new-people.js';

/** Days that a newcomer has not been seen on. With the day itself, as many as share a key. */
const SEEN_BEFORE_DAYS = 30;
const DAY_HOURS = 24;

/** One day by the whole hours that are over in it. */
export interface HoursSoFar extends Estimate {
  day: Day;
  hits: number;
}

export interface TodayView {
  /** Whole hours of today that are over, 0..23. Both days are counted up to the end of the last of them. */
  hours: number;
  today: HoursSoFar;
  yesterday: HoursSoFar;
}

/** Who was new on a day. */
export interface NewPeopleView {
  day: Day;
  /** Nobody of these days counts as new. */
  from: Day;
  to: Day;
  /** Everyone of the days before, without the day and with it. */
  without: Estimate;
  with: Estimate;
  people: Estimate;
  fresh: Estimate;
}

export interface PeriodView {
  from: Day;
  to: Day;
  uniques: { estimate: number | null; low: number; high: number; dedup: 'full' | 'bounded' };
  hits: number;
  visitorDays: number;
}

/** What only the node itself knows: by the hour, who is new, and what was left out. */
export class LocalOverview {
  constructor(
    private readonly store: CountStore,
    private readonly windows: LocalWindows,
  ) {}

  /** Today against yesterday at the same time of day, in whole hours: hours are as fine as sketches are kept. */
  async today(nowMs: number): Promise<TodayView> {
    const today = dayOf(nowMs);
    const hours = new Date(nowMs).getUTCHours();
    return {
      hours,
      today: await this.hoursOf(today, hours),
      yesterday: await this.hoursOf(addDays(today, -1), hours),
    };
  }

  /** Different people of the last 24 hours, of which the first is cut off by up to one hour. */
  async lastDay(nowMs: number): Promise<Estimate> {
    const hours = Array.from({ length: DAY_HOURS }, (_, back) => hourOf(nowMs - back * HOUR_MS));
    return estimateOf(await this.unionOf(hours));
  }

  /** Null where the days cannot be compared, because the node's keys changed on the way. */
  async newPeople(day: Day): Promise<NewPeopleView | null> {
    const [from, to] = [addDays(day, -SEEN_BEFORE_DAYS), addDays(day, -1)];
    const before = await this.windows.union(from, to, day);
    const ofDay = await this.windows.union(day, day, day);
    if (!before || !ofDay) return null;
    const together = before.clone();
    together.merge(ofDay);
    return {
      ...{ day, from, to, without: estimateOf(before), with: estimateOf(together) },
      ...{ people: estimateOf(ofDay), fresh: newPeople(before, ofDay) },
    };
  }

  /** The people of any days. Bounds only where the days lie under several keys. */
  async period(from: Day, to: Day, length: number): Promise<PeriodView> {
    return periodOf(from, await this.windows.days(to, length));
  }

  /** Hits that were left out on each day that has any, by reason. */
  async dropped(from: Day, to: Day): Promise<{ day: Day; reasons: Readonly<Record<string, number>> }[]> {
    const days = await this.store.days(from, to);
    return days
      .filter(({ dropped }) => Object.keys(dropped).length > 0)
      .map(({ day, dropped }) => ({ day, reasons: dropped }));
  }

  private async hoursOf(day: Day, length: number): Promise<HoursSoFar> {
    const hours = Array.from({ length }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}`);
    const counts = length === 0 ? [] : await this.store.hours(hours[0]!, hours.at(-1)!);
    const hits = counts.reduce((sum, hour) => sum + hour.hits, 0);
    return { day, hits, ...estimateOf(await this.unionOf(hours)) };
  }

  private async unionOf(hours: readonly Hour[]): Promise<Sketch> {
    const union = new Sketch();
    const sketches = await Promise.all(hours.map((hour) => this.store.sketch(hourSketchName(hour))));
    for (const sketch of sketches) if (sketch) union.merge(sketch);
    return union;
  }
}

function periodOf(from: Day, { to, estimate, low, high, dedup, hits, visitorDays }: LocalWindow): PeriodView {
  const exact = { estimate, ...interval95(estimate), dedup } as const;
  const uniques = dedup === 'full' ? exact : { estimate: null, low, high, dedup };
  return { from, to, uniques, hits, visitorDays };
}
