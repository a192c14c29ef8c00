import { type Day, dayOf, HOUR_MS, type Hour, hourOf } from '../clock/day.js';

/** The day and hour of now, written out once an hour instead of once a visit. */
export class CalendarMemo {
  private hourStartMs = Number.NaN;
  day: Day = '';
  hour: Hour = '';

  moveTo(timeMs: number): void {
    const startMs = timeMs - (timeMs % HOUR_MS);
    if (startMs === this.hourStartMs) return;
    this.hourStartMs = startMs;
    this.day = dayOf(timeMs);
    this.hour = hourOf(timeMs);
  }
}
