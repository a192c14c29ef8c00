import { formatterOf } from '../i18n/formatters.js';
import { locale } from '../i18n/language.js';

/** `24 hours`. */
export function formatUnit(value: number, unit: 'hour' | 'second'): string {
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** `Sunday, 22 November 2026`. */
export function formatFullDay(day: string): string {
  const options = { dateStyle: 'full', timeZone: 'UTC' } as const;
  return formatterOf(Intl.DateTimeFormat, locale.value, options).format(startOf(day));
}

/** `25 Oct – 28 Nov`. With years where they are two, or not this one. */
export function formatDays(from: string, to: string): string {
  const isThisYear = [from, to].every((day) => startOf(day).getUTCFullYear() === new Date().getUTCFullYear());
  const year = isThisYear ? undefined : 'numeric';
  const options = { day: 'numeric', month: 'short', year, timeZone: 'UTC' } as const;
  return formatterOf(Intl.DateTimeFormat, locale.value, options).formatRange(startOf(from), startOf(to));
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00Z`);
}
