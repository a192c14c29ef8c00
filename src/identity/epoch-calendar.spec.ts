import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, daysFromTo } from '../clock/day.js';
import {
  type EpochCalendar,
  epochOf,
  epochOfWindow,
  epochsOfDay,
  firstDayOfEpoch,
  lastDayOfEpoch,
  windowIsCovered,
} from './epoch-calendar.js';

const calendars: fc.Arbitrary<EpochCalendar> = fc.record({
  dayZero: fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1990-01-01', days)),
  epochDays: fc.integer({ min: 1, max: 366 }),
});

describe('the epoch calendar', () => {
  const calendar: EpochCalendar = { dayZero: '2026-10-01', epochDays: 30 };

  it('counts epochs of fixed length from day zero', () => {
    expect(epochOf(calendar, '2026-10-01')).toBe(0);
    expect(epochOf(calendar, '2026-10-30')).toBe(0);
    expect(epochOf(calendar, '2026-10-31')).toBe(1);
    expect(epochOf(calendar, '2026-09-30')).toBe(-1);
    expect(firstDayOfEpoch(calendar, 1)).toBe('2026-10-31');
    expect(lastDayOfEpoch(calendar, 1)).toBe('2026-11-29');
    expect(epochsOfDay(calendar, '2026-11-29')).toEqual([1, 2]);
    expect(epochOfWindow(calendar, '2026-11-30')).toBe(2);
  });

  it('puts every day into exactly one epoch', () => {
    fc.assert(
      fc.property(calendars, fc.integer({ min: -1_000, max: 1_000 }), (any, offset) => {
        const day = addDays(any.dayZero, offset);
        const epoch = epochOf(any, day);
        expect(firstDayOfEpoch(any, epoch) <= day && day <= lastDayOfEpoch(any, epoch)).toBe(true);
        expect(addDays(lastDayOfEpoch(any, epoch), 1)).toBe(firstDayOfEpoch(any, epoch + 1));
      }),
    );
  });

  it('covers every window of up to 31 days, at every day of five epochs, by the one key it is read under', () => {
    for (const lastDay of daysFromTo('2026-10-01', addDays('2026-10-01', 5 * 30 - 1))) {
      for (let length = 1; length <= 31; length++) {
        const firstDay = addDays(lastDay, 1 - length);
        const epoch = epochOfWindow(calendar, lastDay);
        const writtenUnder = daysFromTo(firstDay, lastDay).map((day) => epochsOfDay(calendar, day));
        expect(writtenUnder.every((epochs) => epochs.includes(epoch))).toBe(true);
        expect(windowIsCovered(calendar, firstDay, lastDay)).toBe(true);
      }
    }
  });

  it('covers windows of up to L + 1 days in any calendar, and none that reaches into a third epoch', () => {
    fc.assert(
      fc.property(calendars, fc.nat(2_000), fc.integer({ min: 1, max: 800 }), (any, offset, length) => {
        const lastDay = addDays(any.dayZero, offset);
        const firstDay = addDays(lastDay, 1 - length);
        const epoch = epochOfWindow(any, lastDay);
        const isWritten = daysFromTo(firstDay, lastDay).every((day) => epochsOfDay(any, day).includes(epoch));
        expect(windowIsCovered(any, firstDay, lastDay)).toBe(isWritten);
        if (length <= any.epochDays + 1) expect(isWritten).toBe(true);
        if (length > 2 * any.epochDays) expect(isWritten).toBe(false);
      }),
    );
  });

  it('does not cover 32 days everywhere: L + 1 is the bound', () => {
    expect(windowIsCovered(calendar, '2026-10-30', '2026-11-30')).toBe(false);
    expect(windowIsCovered(calendar, '2026-10-31', '2026-11-30')).toBe(true);
  });
});
