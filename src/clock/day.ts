/**
 * UTC days and hours, the only calendar that counting knows.
 * A day is written `2026-11-22`, an hour `2026-11-22T14`; both sort as text in the order of time.
 */
export type Day = string;
export type Hour = string;

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

const EARLIEST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The same few hundred days are named and read again and again, for every report and every visit. */
const REMEMBERED_MAX = 4096;
const namesByNumber = new Map<number, Day>();
const startsByName = new Map<Day, number>();

const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/;

/** Throws RangeError outside the years 0 to 9999, which four digits can't name. */
export function dayOf(timeMs: number): Day {
  if (!(timeMs >= EARLIEST_MS && timeMs <= LATEST_MS))
    throw new RangeError(`no day has the time ${timeMs} ms`);
  const number = Math.floor(timeMs / DAY_MS);
  return namesByNumber.get(number) ?? remembered(number);
}

function remembered(number: number): Day {
  const name = new Date(number * DAY_MS).toISOString().slice(0, 10);
  if (namesByNumber.size >= REMEMBERED_MAX) {
    namesByNumber.clear();
    startsByName.clear();
  }
  namesByNumber.set(number, name);
  startsByName.set(name, number * DAY_MS);
  return name;
}

/** Throws RangeError as dayOf does. */
export function hourOf(timeMs: number): Hour {
  return `${dayOf(timeMs)}${new Date(timeMs).toISOString().slice(10, 13)}`;
}

/** Whether the text names a day that exists: `2026-02-29` does not. */
export function isDay(text: string): text is Day {
  if (startsByName.has(text)) return true;
  if (!DAY_PATTERN.test(text)) return false;
  const startMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(startMs) && dayOf(startMs) === text;
}

/** The first millisecond of the day. Throws RangeError for a text that is no day. */
export function dayStartMs(day: Day): number {
  const known = startsByName.get(day);
  if (known !== undefined) return known;
  if (!isDay(day)) throw new RangeError(`not a UTC day: ${JSON.stringify(day)}`);
  return Date.parse(`${day}T00:00:00Z`);
}

export function addDays(day: Day, count: number): Day {
  return dayOf(dayStartMs(day) + count * DAY_MS);
}

/** Days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return (dayStartMs(to) - dayStartMs(from)) / DAY_MS;
}

/** Every day from `from` to `to`, both included, oldest first. */
export function daysFromTo(from: Day, to: Day): Day[] {
  const length = daysBetween(from, to) + 1;
  return Array.from({ length: Math.max(0, length) }, (_, index) => addDays(from, index));
}

/** `2026-11-22T14:00:00Z`: an instant to the second, as reports and answers carry it. */
export function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
