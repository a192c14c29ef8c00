import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { radiusOf, ringPlaces } from './rings.js';

describe('ringPlaces', () => {
  it('gives each its own place, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (count) => {
        const places = ringPlaces(count);
        expect(places).toHaveLength(count);
        const distances = places.flatMap((one, index) =>
          places.slice(index + 1).map((other) => Math.hypot(one.x - other.x, one.y - other.y)),
        );
        expect(Math.min(Number.POSITIVE_INFINITY, ...distances)).toBeGreaterThan(30);
      }),
      { numRuns: 25 },
    );
  });

  it('begins at the top of the innermost ring', () => {
    const [first] = ringPlaces(5);
    expect(first!.x).toBeCloseTo(0);
    expect(first!.y).toBe(-120);
    expect(radiusOf([])).toBe(0);
  });
});
