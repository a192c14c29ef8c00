import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { DAY_MS, HOUR_MS } from '../clock/day.js';
import { ClockAgreement } from './clock-agreement.js';

const START_MS = Date.parse('2026-11-22T12:00:00Z');

/** A wall clock and a monotone one, which a test may let drift apart. */
function clocks(isFederated: boolean) {
  const wall = new ManualClock(START_MS);
  let monotoneMs = 5000;
  const agreement = new ClockAgreement(wall, () => monotoneMs, isFederated);
  const pass = (durationMs: number) => {
    wall.advance(durationMs);
    monotoneMs += durationMs;
  };
  return { wall, agreement, pass };
}

describe('ClockAgreement of a node alone', () => {
  it('agrees after an hour in step with the monotone clock', () => {
    const { agreement, pass } = clocks(false);
    pass(HOUR_MS - 1);
    expect(agreement.agrees()).toBe(false);
    pass(1);
    expect(agreement.agrees()).toBe(true);
  });

  it.each([DAY_MS, 301_000, -301_000])('does not agree with a wall clock that leapt by %i ms', (leapMs) => {
    const { wall, agreement, pass } = clocks(false);
    pass(2 * HOUR_MS);
    wall.advance(leapMs);
    expect(agreement.agrees()).toBe(false);
  });

  it('puts up with a clock that is corrected by minutes', () => {
    const { wall, agreement, pass } = clocks(false);
    pass(2 * HOUR_MS);
    wall.advance(-299_000);
    expect(agreement.agrees()).toBe(true);
  });
});

describe('ClockAgreement of a member', () => {
  it('agrees for a day after another node said the same time', () => {
    const { wall, agreement, pass } = clocks(true);
    pass(2 * DAY_MS);
    expect(agreement.agrees()).toBe(false);
    agreement.witness(wall.nowMs() - 300_000);
    expect(agreement.agrees()).toBe(true);
    pass(DAY_MS);
    expect(agreement.agrees()).toBe(true);
    pass(1);
    expect(agreement.agrees()).toBe(false);
  });

  it.each([301_000, -301_000, DAY_MS])('learns nothing from a node whose time is %i ms off', (offMs) => {
    const { wall, agreement } = clocks(true);
    agreement.witness(wall.nowMs() + offMs);
    expect(agreement.agrees()).toBe(false);
  });

  it('does not carry a word from before a leap over it', () => {
    const { wall, agreement } = clocks(true);
    agreement.witness(wall.nowMs());
    wall.advance(DAY_MS / 2);
    expect(agreement.agrees()).toBe(false);
  });

  it('does not agree when the clock went back behind the word', () => {
    const { wall, agreement } = clocks(true);
    agreement.witness(wall.nowMs());
    wall.advance(-2 * DAY_MS);
    expect(agreement.agrees()).toBe(false);
  });
});
