import { addDays, type Day, daysBetween } from '../clock/day.js';

/**
 * How a federation divides time: epoch e is `epochDays` days from `dayZero + e · epochDays` on. Epochs have fixed
 * length, since calendar months break 30-day windows around February. Days before `dayZero` are in negative epochs,
 * for which no key ever exists.
 */
export interface EpochCalendar {
  dayZero: Day;
  /** L, 1 to 366. Windows up to L + 1 days can be read under one key. */
  epochDays: number;
}

export const EPOCH_DAYS_MAX = 366;
/** Enough for windows of 31 days. */
export const DEFAULT_EPOCH_DAYS = 30;

export function epochOf(calendar: EpochCalendar, day: Day): number {
  return Math.floor(daysBetween(calendar.dayZero, day) / calendar.epochDays);
}

export function firstDayOfEpoch(calendar: EpochCalendar, epoch: number): Day {
  return addDays(calendar.dayZero, epoch * calendar.epochDays);
}

export function lastDayOfEpoch(calendar: EpochCalendar, epoch: number): Day {
  return addDays(calendar.dayZero, (epoch + 1) * calendar.epochDays - 1);
}

/** The epochs under whose keys a day is written: its own and the next. */
export function epochsOfDay(calendar: EpochCalendar, day: Day): [own: number, next: number] {
  const epoch = epochOf(calendar, day);
  return [epoch, epoch + 1];
}

/** The epoch under whose key a window that ends on `lastDay` is read. */
export function epochOfWindow(calendar: EpochCalendar, lastDay: Day): number {
  return epochOf(calendar, lastDay);
}

/** Whether every day from `firstDay` to `lastDay` is written under the one key that the window is read under. */
export function windowIsCovered(calendar: EpochCalendar, firstDay: Day, lastDay: Day): boolean {
  const epoch = epochOfWindow(calendar, lastDay);
  return epochsOfDay(calendar, firstDay).includes(epoch);
}
