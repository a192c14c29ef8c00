import { describe, expect, it } from '@jest/globals';
import { ManualClock, systemClock } from './clock.js';

describe('clocks', () => {
  it('stands still until it is told otherwise', () => {
    const clock = new ManualClock(1_000);
    expect(clock.nowMs()).toBe(1_000);
    clock.advance(500);
    expect(clock.nowMs()).toBe(1_500);
    clock.advance(-700);
    expect(clock.nowMs()).toBe(800);
    clock.set(5);
    expect(clock.nowMs()).toBe(5);
  });

  it('tells the time of the system', () => {
    const beforeMs = Date.now();
    const nowMs = systemClock.nowMs();
    expect(nowMs).toBeGreaterThanOrEqual(beforeMs);
    expect(nowMs).toBeLessThanOrEqual(Date.now());
  });
});
