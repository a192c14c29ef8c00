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

  it('keeps the ends of a wide interval close', () => {
    const bounds = (low: number, high: number) => rounded({ estimate: null, low, high });
    expect(bounds(95_946, 475_950)).toMatchObject({ low: 95_900, high: 476_000 });
    expect(bounds(879_152, 1_306_481)).toMatchObject({ low: 879_000, high: 1_310_000 });
    expect(bounds(0, 7)).toMatchObject({ low: 0, high: 7 });
    expect(rounded({ estimate: 934_400, low: 934_200, high: 970_000 }).estimate).toBe(934_000);
  });

  it('moves no end by more than a hundredth, and none above nobody to nobody', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), fc.nat({ max: 1e12 }), (low, width) => {
        const shown = rounded({ estimate: null, low, high: low + width });
        expect(shown.low).toBeGreaterThan(low * 0.99 - 1e-9);
        expect(shown.high).toBeLessThan((low + width) * 1.01 + 1e-9);
        expect(shown.low > 0).toBe(low > 0);
      }),
    );
  });

  it('shows an interval that lies in another as lying in it', () => {
    const people = fc.nat({ max: 1e12 });
    fc.assert(
      fc.property(people, people, people, people, (low, below, width, above) => {
        const outer = rounded({ estimate: null, low, high: low + below + width + above });
        const inner = rounded({ estimate: null, low: low + below, high: low + below + width });
        expect(inner.low).toBeGreaterThanOrEqual(outer.low);
        expect(inner.high).toBeLessThanOrEqual(outer.high);
      }),
    );
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
