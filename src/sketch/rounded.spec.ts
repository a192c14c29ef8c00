import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rounded } from './rounded.js';

describe('rounded', () => {
  it('writes no number finer than its error', () => {
    expect(rounded({ estimate: 12_304, low: 12_098, high: 12_510 })).toEqual({
      estimate: 12_300,
      low: 12_000,
      high: 12_600,
    });
    expect(rounded({ estimate: null, low: 7, high: 9 })).toEqual({ estimate: null, low: 7, high: 9 });
  });

  it('never makes an interval narrower', () => {
    const people = fc.nat({ max: 1e12 });
    fc.assert(
      fc.property(people, people, people, (low, below, above) => {
        const exact = { low, estimate: low + below, high: low + below + above };
        const shown = rounded(exact);
        expect(shown.low).toBeLessThanOrEqual(exact.low);
        expect(shown.high).toBeGreaterThanOrEqual(exact.high);
        expect(shown.estimate).toBeGreaterThanOrEqual(shown.low);
        expect(shown.estimate).toBeLessThanOrEqual(shown.high);
      }),
    );
  });
});
