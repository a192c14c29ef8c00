import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interval95, relativeError } from './interval.js';
import { RANK_MAX, REGISTER_COUNT, Sketch } from './sketch.js';

// A global costs a look-up of its own wherever Jest runs a test, and these run a hundred million times.
const { ceil, clz32, cos, expm1, log, log2, max, min, round, sqrt, PI } = Math;

/** Small fast counter (sfc32): random 32-bit numbers, the same for the same seed in every run. */
function randomBits(seed: number): () => number {
  let [a, b, c, d] = [seed, 0x9e3779b9, 0x243f6a88, 1];
  const next = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 16; warmUp++) next();
  return next;
}

interface Trial {
  n: number;
  estimate: number;
}

/** Ids one by one, each a random register and rank: exact for any n, and slow for many. */
function trialOfIds(n: number, bits: () => number): Trial {
  const { registers } = new Sketch();
  for (let id = 0; id < n; id++) {
    const low = bits();
    const rank = low >>> 14 === 0 ? 19 + trailingZeros(bits()) : 1 + trailingZeros(low >>> 14);
    const register = low & (REGISTER_COUNT - 1);
    if (rank > registers[register]!) registers[register] = rank;
  }
  return { n, estimate: new Sketch(registers).estimate() };
}

function trailingZeros(value: number): number {
  return value === 0 ? 32 : 31 - clz32(value & -value);
}

/**
 * A Poisson number of ids for each register, and the highest of their ranks by its law, P(rank <= k) = (1 - 2^-k)^c.
 * Given their sum, which is the trial's true count, that is exactly how n ids fall.
 */
function trialOfRegisters(mean: number, bits: () => number): Trial {
  const uniform = () => (bits() + 0.5) / 2 ** 32;
  const perRegister = mean / REGISTER_COUNT;
  const sketch = new Sketch();
  let n = 0;
  for (let register = 0; register < REGISTER_COUNT; register++) {
    const normal = sqrt(-2 * log(uniform())) * cos(2 * PI * uniform());
    const count = max(0, round(perRegister + sqrt(perRegister) * normal));
    n += count;
    if (count === 0) continue;
    const rank = ceil(-log2(-expm1(log(uniform()) / count)));
    sketch.registers[register] = min(RANK_MAX, max(1, rank));
  }
  return { n, estimate: sketch.estimate() };
}

const trialsOf = new Map<number, readonly Trial[]>();

/** 2,000 trials where they are cheap, else 1,000; the same ones for every test. */
function trials(n: number): readonly Trial[] {
  const known = trialsOf.get(n);
  if (known) return known;
  const bits = randomBits(n);
  const trial = n > 200_000 ? trialOfRegisters : trialOfIds;
  const runs = Array.from({ length: n > 5_000 ? 1_000 : 2_000 }, () => trial(n, bits));
  trialsOf.set(n, runs);
  return runs;
}

function rootMeanSquareError(runs: readonly Trial[]): number {
  const squares = runs.map(({ n, estimate }) => (estimate / n - 1) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / runs.length);
}

/** The share of the trials whose interval holds the true count. */
function coverage(runs: readonly Trial[], given: (estimate: number) => number): number {
  const covered = runs.filter(({ n, estimate }) => {
    const { low, high } = interval95(given(estimate));
    return low <= n && n <= high;
  });
  return covered.length / runs.length;
}

/**
 * The standard error by the delta method. The estimator is alpha m^2 / Z with Z the sum of g(rank) over the registers,
 * g(k) = 2^-k, and for an empty one the slope of sigma at their share. Ranks follow P(rank <= k) = exp(-t / 2^k) for
 * t = n / m; what n itself would vary under this law is taken off again.
 */
function derivedError(n: number): number {
  const alpha = 0.5 / Math.LN2;
  const t = n / REGISTER_COUNT;
  let slope = 1;
  for (let k = 1; k < 40; k++) slope += 2 ** (2 * k - 1) * Math.exp(-t * (2 ** k - 1));
  let below = Math.exp(-t);
  let mean = slope * below;
  let square = slope * slope * below;
  for (let k = 1; k < RANK_MAX; k++) {
    const upTo = Math.exp(-t / 2 ** k);
    mean += (upTo - below) / 2 ** k;
    square += (upTo - below) / 4 ** k;
    below = upTo;
  }
  return Math.sqrt((((square - mean * mean) * t * t) / (alpha * alpha) - 1 / t) / REGISTER_COUNT);
}

describe('relativeError', () => {
  it('begins at that of linear counting and ends at the published one', () => {
    expect(relativeError(0)).toBe(0);
    expect(relativeError(1)).toBeCloseTo(1 / Math.sqrt(2 * REGISTER_COUNT), 6);
    expect(relativeError(1e9)).toBeCloseTo(1.04 / Math.sqrt(REGISTER_COUNT), 12);
    expect(relativeError(2 ** 64)).toBeCloseTo(0.008125, 12);
  });

  it('is within 1 % of what the law of the registers says', () => {
    for (let n = 512; n < 1e9; n *= 1.3) {
      expect(Math.abs(relativeError(n) / derivedError(n) - 1)).toBeLessThan(0.01);
    }
  });

  it('only grows, without a jump', () => {
    for (let n = 1; n < 1e9; n *= 1.01) {
      const growth = relativeError(n * 1.01) / relativeError(n);
      expect(growth).toBeGreaterThanOrEqual(1);
      expect(growth).toBeLessThan(1.005);
    }
  });

  // The error of an error from N trials is 1 / sqrt(2N): 1.6 % of it at 2,000, 2.2 % at 1,000.
  it.each([
    [100, 0.7],
    [1_000, 0.7],
    [10_000, 0.7],
    [100_000, 0.95],
    [1_000_000, 0.95],
    [10_000_000, 0.95],
  ])('is the error that trials of %i ids show, at most %d %%', (n, percentMax) => {
    const seen = rootMeanSquareError(trials(n));
    expect(seen).toBeLessThan(percentMax / 100);
    expect(Math.abs(seen / relativeError(n) - 1)).toBeLessThan(0.07);
  });
});

describe('interval95', () => {
  // Of 1,000 trials, 95 % are 950 with a standard deviation of 7: three of these are allowed.
  it.each([3_000, 10_000, 30_000, 100_000, 1_000_000, 10_000_000])('covers 95 %% at %i', (n) => {
    const share = coverage(trials(n), (estimate) => estimate);
    expect(share).toBeGreaterThan(0.929);
    expect(share).toBeLessThan(0.976);
  });

  // Where a collision more or less is a step of one, no interval covers 95 % exactly; these err on the safe side.
  it.each([10, 25, 45, 70, 100, 130, 170, 250, 500, 1_000])('covers at least 95 %% at %i', (n) => {
    const runs = trials(n);
    expect(coverage(runs, (estimate) => estimate)).toBeGreaterThan(0.945);
    expect(coverage(runs, Math.round)).toBeGreaterThan(0.945);
  });

  it('says nothing vague about very few', () => {
    expect(interval95(0)).toEqual({ low: 0, high: 0 });
    for (let n = 1; n <= 10; n++) expect(interval95(n)).toEqual({ low: n, high: n });
  });

  it('holds whole numbers around the estimate, whatever that is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 64, noNaN: true }), (estimate) => {
        const { low, high } = interval95(estimate);
        expect(Number.isInteger(low) && Number.isInteger(high)).toBe(true);
        expect(0 <= low && low <= Math.round(estimate) && Math.round(estimate) <= high).toBe(true);
      }),
      { examples: [[0], [Number.MIN_VALUE], [0.5], [1.5], [2 ** 53], [2 ** 64]] },
    );
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (estimate) => {
    expect(() => interval95(estimate)).toThrow(RangeError);
  });
});
