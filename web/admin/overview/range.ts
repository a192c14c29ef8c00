import type { HistoryDay } from '../../../src/stats/counts.js';
import { addDays, dayOf, daysBetween, isDay } from '../../shared/days.js';
import { filter } from '../location.js';

export const PRESETS = [7, 30, 90, 400] as const;
export const DAYS_MAX = 400;
const USUAL_DAYS = 30;

export interface Range {
  from: string;
  to: string;
  /** Days, both ends included. */
  length: number;
}

export function today(): string {
  return dayOf(Date.now());
}

/** The days that the history shows, as the address has them; the last 30 else. */
export function range(): Range {
  const [from, to] = [filter('from'), filter('to')];
  if (from && to && isDay(from) && isDay(to) && from <= to && to <= today() && from > earliest())
    return { from, to, length: daysBetween(from, to) + 1 };
  const length = PRESETS.find((days) => String(days) === filter('days')) ?? USUAL_DAYS;
  return { from: addDays(today(), 1 - length), to: today(), length };
}

/** One day before the first that a node keeps. */
export function earliest(): string {
  return addDays(today(), -DAYS_MAX);
}

export function scope(): 'local' | 'global' {
  return filter('scope') === 'local' ? 'local' : 'global';
}

export function isComparing(): boolean {
  return filter('compare') === 'previous';
}

export function newcomersDay(): string {
  const day = filter('new');
  return day && isDay(day) && day <= today() && day > earliest() ? day : today();
}

/** As many days as are shown, and null for those that are no longer kept. */
export function daysBefore(days: readonly HistoryDay[], { from, length }: Range): (HistoryDay | null)[] {
  const byDay = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length }, (_, index) => byDay.get(addDays(from, index - length)) ?? null);
}
