import { describe, expect, it } from '@jest/globals';
import { chiSquaredTail } from './chi-squared.js';

describe('the tail of the chi-squared distribution', () => {
  // Closed forms, and the classical table (NIST/SEMATECH e-Handbook, 1.3.6.7.4).
  it.each([
    [3.841458820694124, 1, 0.05],
    [6.634896601021213, 1, 0.01],
    [10.82756617, 1, 0.001],
    [28.373987362798125, 1, 1e-7],
    [5.991464547107979, 2, 0.05],
    [32.23619130191664, 2, 1e-7],
    [16.918977604620448, 9, 0.05],
    [27.877164871, 9, 0.001],
    [82.528726, 63, 0.05],
    [100, 2, Math.exp(-50)],
  ])('beyond %d with %d degrees of freedom is %d', (statistic, degrees, tail) => {
    expect(chiSquaredTail(statistic, degrees) / tail).toBeCloseTo(1, 4);
  });

  it('falls from 1, and rises with the degrees of freedom', () => {
    for (let degrees = 1; degrees < 80; degrees++) {
      expect(chiSquaredTail(0, degrees)).toBe(1);
      let last = 1;
      for (let statistic = 0.5; statistic < 300; statistic += 7.3) {
        const tail = chiSquaredTail(statistic, degrees);
        expect(tail).toBeLessThanOrEqual(last + 1e-12);
        expect(tail).toBeGreaterThanOrEqual(0);
        expect(chiSquaredTail(statistic, degrees + 1)).toBeGreaterThanOrEqual(tail - 1e-12);
        last = tail;
      }
    }
  });

  it('is near the middle at the mean', () => {
    for (const degrees of [10, 11, 50, 63])
      expect(chiSquaredTail(degrees - 0.66, degrees)).toBeCloseTo(0.5, 2);
  });
});
