import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  DAY_MS,
  dayOf,
  dayStartMs,
  daysBetween,
  daysFromTo,
  hourOf,
  isDay,
  isoSeconds,
} from './day.js';

const timeMs = fc.integer({
  min: Date.parse('0000-01-01T00:00:00Z'),
  max: Date.parse('9999-12-31T23:59:59.999Z'),
});
/** Far enough from both ends of the calendar to add a few centuries. */
const day = fc.integer({ min: -30_000_000, max: 100_000_000 }).map((minutes) => dayOf(minutes * 60_000));
const count = fc.integer({ min: -100_000, max: 100_000 });

describe('a UTC day', () => {
  it('begins and ends at midnight UTC', () => {
    expect(dayOf(Date.parse('2026-11-22T00:00:00.000Z'))).toBe('2026-11-22');
    expect(dayOf(Date.parse('2026-11-22T23:59:59.999Z'))).toBe('2026-11-22');
    expect(dayOf(Date.parse('2026-11-23T00:00:00.000Z'))).toBe('2026-11-23');
  });

  it('holds every time that it is the day of, and sorts as time does', () => {
    fc.assert(
      fc.property(timeMs, timeMs, (a, b) => {
        const sinceStartMs = a - dayStartMs(dayOf(a));
        expect(sinceStartMs).toBeGreaterThanOrEqual(0);
        expect(sinceStartMs).toBeLessThan(DAY_MS);
        if (dayOf(a) < dayOf(b)) expect(a).toBeLessThan(b);
        expect(hourOf(a).startsWith(`${dayOf(a)}T`)).toBe(true);
      }),
    );
  });

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Date.parse('9999-12-31T23:59:59.999Z') + 1,
    -62_167_219_200_001,
  ])('is refused for a time that four digits of year cannot name: %d', (outsideMs) => {
    expect(() => dayOf(outsideMs)).toThrow(RangeError);
    expect(() => hourOf(outsideMs)).toThrow(RangeError);
  });

  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-11-31',
    '2026-1-1',
    '+12026-01-01',
    '2026-11-22T00',
    ' 2026-11-22',
    '2026-11-22\n',
    '',
  ])('does not exist: %j', (text) => {
    expect(isDay(text)).toBe(false);
    expect(() => dayStartMs(text)).toThrow(RangeError);
  });

  it('knows leap days', () => {
    expect(isDay('2028-02-29')).toBe(true);
    expect(isDay('2100-02-29')).toBe(false);
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });

  it('adds and subtracts as numbers do', () => {
    fc.assert(
      fc.property(day, count, (from, length) => {
        const to = addDays(from, length);
        expect(daysBetween(from, to)).toBe(length);
        expect(addDays(to, -length)).toBe(from);
      }),
    );
  });

  it('makes ranges without a hole, and none backwards', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 800 }), (from, length) => {
        const days = daysFromTo(from, addDays(from, length));
        expect(days).toHaveLength(length + 1);
        for (const [index, each] of days.entries()) expect(each).toBe(addDays(from, index));
      }),
      { numRuns: 20 },
    );
    expect(daysFromTo('2026-11-22', '2026-11-21')).toEqual([]);
  });

  it('names hours and instants', () => {
    const noonMs = Date.parse('2026-11-22T12:34:56.789Z');
    expect(hourOf(noonMs)).toBe('2026-11-22T12');
    expect(isoSeconds(noonMs)).toBe('2026-11-22T12:34:56Z');
  });
});
