import { describe, expect, it } from '@jest/globals';
import { Quota } from './quota.js';

describe('Quota', () => {
  it('gives each caller its part of a window, and all again in the next', () => {
    const quota = new Quota(2, 60_000);
    expect([0, 1, 2].map(() => quota.take('a', 1, 1, 59_999))).toEqual([true, true, false]);
    expect(quota.take('b', 1, 1, 59_999)).toBe(true);
    expect(quota.take('a', 1, 1, 60_000)).toBe(true);
  });

  it('gives as many times as much as the caller has shares', () => {
    const quota = new Quota(10, 60_000);
    expect(quota.take('a', 25, 3, 0)).toBe(true);
    expect(quota.isUsedUp('a', 3, 0)).toBe(false);
    expect(quota.isUsedUp('a', 2, 0)).toBe(true);
  });

  it('begins a window also when the clock was set back', () => {
    const quota = new Quota(1, 60_000);
    expect(quota.take('a', 1, 1, 300_000)).toBe(true);
    expect(quota.take('a', 1, 1, 120_000)).toBe(true);
  });
});
