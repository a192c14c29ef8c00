import { formatterOf } from './formatters.js';
import { locale } from './language.js';

export function formatNumber(value: number): string {
  return formatterOf(Intl.NumberFormat, locale.value).format(value);
}

/** Of 0 to 1. */
export function formatShare(share: number): string {
  const digits = share < 0.1 ? 1 : 0;
  const options = { style: 'percent', maximumFractionDigits: digits } as const;
  return formatterOf(Intl.NumberFormat, locale.value, options).format(share);
}

/** A UTC day, `2026-11-22`. With its year where that is not this one. */
export function formatDay(day: string): string {
  const year = day.startsWith(`${new Date().getUTCFullYear()}`) ? undefined : 'numeric';
  const options = { day: 'numeric', month: 'short', year, timeZone: 'UTC' } as const;
  return formatterOf(Intl.DateTimeFormat, locale.value, options).format(new Date(`${day}T00:00Z`));
}

/** With the name of its zone, so that nobody has to guess. */
export function formatInstant(instant: string, zone: 'UTC' | 'local'): string {
  const options = {
    ...{ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    timeZoneName: 'short',
    ...(zone === 'UTC' && { timeZone: 'UTC' }),
  } as Intl.DateTimeFormatOptions;
  return formatterOf(Intl.DateTimeFormat, locale.value, options).format(new Date(instant));
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `3 minutes ago`. */
export function formatAge(instant: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(instant)) / 1000));
  const [unit, length] = STEPS.find(([, atLeast]) => seconds >= atLeast) ?? ['second', 1];
  const formatter = formatterOf(Intl.RelativeTimeFormat, locale.value, { numeric: 'auto' });
  return formatter.format(-Math.floor(seconds / length), unit);
}
