import { REGISTER_COUNT } from './sketch.js';

/**
 * How far an estimate is from the truth. The published 1.04 / sqrt(m) = 0.8125 % (Flajolet 2007) holds for many ids.
 * For few, most registers are empty and only ids that share one are uncertain: linear counting (Whang 1990), whose
 * error begins at 1 / sqrt(2m) = 0.55 %. Between the two the estimator of Ertl goes smoothly, and better than either.
 *
 * The rows are its standard error times sqrt(m) for n = m/64, m/32, … 256m: the delta method on the registers' law,
 * worked out again in interval.spec.ts, where simulations confirm it too.
 */
const ERROR_ROWS = [
  Math.SQRT1_2,
  0.712,
  0.7142,
  0.7217,
  0.7332,
  0.7532,
  0.7854,
  0.8383,
  0.9148,
  0.977,
  1.0085,
  1.0239,
  1.0314,
  1.0353,
  1.04,
] as const;
const FIRST_ROW_LOG2 = -6;

/** 95 % of a normal distribution lie within so many standard deviations. */
const SIGMAS = 1.96;
/**
 * Added to the margin before rounding. A few hundred ids collide so seldom that the error comes in steps of one, and
 * an interval that misses the step by a hair covers 91 % at some n. With this it covers 95 % at every n.
 */
const STEP_MARGIN = 0.35;

/** The estimate's relative standard error where the true count is about n. 0 for n = 0. */
export function relativeError(n: number): number {
  if (n <= 0) return 0;
  const row = Math.min(Math.max(Math.log2(n / REGISTER_COUNT) - FIRST_ROW_LOG2, 0), ERROR_ROWS.length - 1);
  const below = Math.floor(row);
  const from = ERROR_ROWS[below]!;
  const to = ERROR_ROWS[below + 1] ?? from;
  return (from + (to - from) * (row - below)) / Math.sqrt(REGISTER_COUNT);
}

/** A few people who share registers by chance are no error of a share. */
const LEEWAY = 5;

/**
 * How far apart two counts of the same people may lie that were hashed under two keys, each with its own error: so many
 * standard deviations of both together, for the larger of the two.
 */
export function marginOfTwoKeys(largest: number, sigmas: number): number {
  return sigmas * Math.SQRT2 * relativeError(largest) * largest + LEEWAY;
}

/**
 * The whole numbers, low <= round(estimate) <= high, between which the true count lies with at least 95 %
 * probability, given honest registers. The estimate may be rounded already. Throws RangeError if it is negative or
 * not finite.
 */
export function interval95(estimate: number): { low: number; high: number } {
  if (!(estimate >= 0 && estimate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`an estimate is finite and not negative, not ${estimate}`);
  }
  const margin = estimate === 0 ? 0 : SIGMAS * relativeError(estimate) * estimate + STEP_MARGIN;
  return { low: Math.max(0, Math.round(estimate - margin)), high: Math.round(estimate + margin) };
}
