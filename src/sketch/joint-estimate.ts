import { relativeError } from './interval.js';
import { RANK_MAX, REGISTER_COUNT, type Sketch } from './sketch.js';

/** How many different ids only the one sketch, only the other, and both have seen. */
export interface JointEstimate {
  onlyFirst: number;
  onlySecond: number;
  both: number;
  /** The 95 % interval of `both`; `low` is 0 where the registers don't show that there is any. */
  low: number;
  high: number;
}

/**
 * The joint estimate of two sketches by maximum likelihood: Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches" (2017), section 5. The inclusion-exclusion principle adds the errors of three estimates and
 * loses small intersections in them; the likelihood looks at each pair of registers, and its error for a small
 * intersection is about half.
 */
export function estimateJoint(first: Sketch, second: Sketch): JointEstimate {
  const pairs = pairCounts(first, second);
  const start = inclusionExclusion(first, second);
  const peak = climb(pairs, start);
  const [onlyFirst, onlySecond, both] = peak.map((rate) => (rate <= RATE_MIN ? 0 : rate)) as Rates;
  return { onlyFirst, onlySecond, both, ...intervalOfBoth(pairs, peak) };
}

/** Expected numbers of ids: only in the first, only in the second, in both. */
type Rates = [onlyFirst: number, onlySecond: number, both: number];

/** Rates are searched on a logarithmic scale, which has no zero. */
const RATE_MIN = 0.5;
const STEPS_MAX = 60;
const HALVINGS_MAX = 30;
/** The highest rank but one: both it and the highest appear once in 2^50. */
const RANK_LAST = RANK_MAX - 1;

/** How often which ranks meet in the same register of the two sketches: all that the likelihood depends on. */
interface PairCounts {
  /** By the first's rank, where it is the lower, and where it is the higher one. */
  firstBelow: Float64Array;
  firstAbove: Float64Array;
  secondBelow: Float64Array;
  secondAbove: Float64Array;
  equal: Float64Array;
  /** Sums of 2^-rank over the registers, without those that can't rise any more: of each, and of the lower one. */
  sums: Rates;
}

function pairCounts(first: Sketch, second: Sketch): PairCounts {
  const ofRanks = () => new Float64Array(RANK_MAX + 1);
  const [firstBelow, firstAbove, secondBelow, secondAbove] = [ofRanks(), ofRanks(), ofRanks(), ofRanks()];
  const equal = ofRanks();
  for (let register = 0; register < REGISTER_COUNT; register++) {
    const mine = first.registers[register]!;
    const theirs = second.registers[register]!;
    if (mine === theirs) equal[mine]!++;
    else if (mine < theirs) {
      firstBelow[mine]!++;
      secondAbove[theirs]!++;
    } else {
      firstAbove[mine]!++;
      secondBelow[theirs]!++;
    }
  }
  const sum = (...counts: Float64Array[]) => {
    let total = 0;
    for (let rank = 0; rank < RANK_MAX; rank++)
      for (const count of counts) total += count[rank]! * 2 ** -rank;
    return total;
  };
  const sums: Rates = [
    sum(firstBelow, firstAbove, equal),
    sum(secondBelow, secondAbove, equal),
    sum(firstBelow, secondBelow, equal),
  ];
  return { firstBelow, firstAbove, secondBelow, secondAbove, equal, sums };
}

function inclusionExclusion(first: Sketch, second: Sketch): Rates {
  const union = first.clone();
  union.merge(second);
  const [a, b, either] = [first, second, union].map((sketch) => sketch.estimate()) as Rates;
  const positive = (rate: number) => Math.max(RATE_MIN * 2, rate);
  // Never begins at the edge: a hundredth of the smaller one is as good a first guess as any.
  const both = Math.max(a + b - either, Math.min(a, b) / 100);
  return [positive(a - both), positive(b - both), positive(both)];
}

interface Likelihood {
  value: number;
  /** By the rates themselves. */
  slope: Rates;
}

/** The logarithm of the likelihood under Poisson rates, but for a constant, and its derivatives (Ertl, equation 72). */
function likelihoodOf(pairs: PairCounts, rates: Rates): Likelihood {
  const [a, b, x] = rates.map((rate) => rate / REGISTER_COUNT) as Rates;
  let value = -a * pairs.sums[0] - b * pairs.sums[1] - x * pairs.sums[2];
  const slope: Rates = [-pairs.sums[0], -pairs.sums[1], -pairs.sums[2]];
  for (let rank = 1; rank <= RANK_MAX; rank++) {
    const scale = 2 ** -Math.min(rank, RANK_LAST);
    const below = [pairs.firstBelow[rank]!, pairs.secondBelow[rank]!] as const;
    const above = [pairs.firstAbove[rank]!, pairs.secondAbove[rank]!] as const;
    for (const side of [0, 1] as const) {
      const own = side === 0 ? a : b;
      value += below[side] * log1mExp((own + x) * scale) + above[side] * log1mExp(own * scale);
      const shared = below[side] === 0 ? 0 : (below[side] * scale) / Math.expm1((own + x) * scale);
      const alone = above[side] === 0 ? 0 : (above[side] * scale) / Math.expm1(own * scale);
      slope[side] += shared + alone;
      slope[2] += shared;
    }
    const equal = pairs.equal[rank]!;
    if (equal === 0) continue;
    const [ea, eb, ex] = [a, b, x].map((rate) => Math.exp(-rate * scale)) as Rates;
    const [ga, gb, gx] = [a, b, x].map((rate) => -Math.expm1(-rate * scale)) as Rates;
    const [gax, gbx] = [a, b].map((rate) => -Math.expm1(-(rate + x) * scale)) as [number, number];
    const chance = gax * gbx + ea * eb * ex * gx;
    value += equal * Math.log(chance);
    const weight = (equal * scale) / chance;
    slope[0] += weight * ea * ex * gb;
    slope[1] += weight * eb * ex * ga;
    slope[2] += weight * ex * (ea + eb - ea * eb);
  }
  return { value, slope: slope.map((one) => one / REGISTER_COUNT) as Rates };
}

/** log(1 - e^-x). */
function log1mExp(x: number): number {
  return Math.log(-Math.expm1(-x));
}

/** Newton's method on the logarithms of the rates, damped: uphill at every step. */
function climb(pairs: PairCounts, start: Rates): Rates {
  let rates = start;
  let here = likelihoodOf(pairs, rates);
  for (let step = 0; step < STEPS_MAX; step++) {
    const slope = here.slope.map((one, index) => one * rates[index]!) as Rates;
    const curvature = curvatureAt(pairs, rates);
    const direction = solve(curvature, slope) ?? slope;
    const isUphill = direction.reduce((sum, one, index) => sum + one * slope[index]!, 0) > 0;
    const next = better(pairs, rates, isUphill ? direction : slope, here.value);
    if (next === null) break;
    const gain = next.here.value - here.value;
    ({ rates, here } = next);
    if (gain < 1e-9) break;
  }
  return rates;
}

function better(pairs: PairCounts, rates: Rates, direction: Rates, value: number) {
  let length = Math.min(1, 2 / Math.max(...direction.map(Math.abs)));
  for (let halving = 0; halving < HALVINGS_MAX; halving++, length /= 2) {
    const tried = rates.map((rate, index) =>
      Math.max(RATE_MIN, rate * Math.exp(length * direction[index]!)),
    ) as Rates;
    const here = likelihoodOf(pairs, tried);
    if (here.value > value) return { rates: tried, here };
  }
  return null;
}

type Matrix = [Rates, Rates, Rates];

/** Minus the second derivatives by the logarithms of the rates, from differences of the slope. */
function curvatureAt(pairs: PairCounts, rates: Rates): Matrix {
  const slopeAt = (at: Rates) => likelihoodOf(pairs, at).slope.map((one, index) => one * at[index]!) as Rates;
  const rows = rates.map((_rate, index) => {
    const shifted = (distance: number) =>
      rates.map((one, other) => (other === index ? one * Math.exp(distance) : one)) as Rates;
    const [above, below] = [slopeAt(shifted(SHIFT)), slopeAt(shifted(-SHIFT))];
    return above.map((one, other) => (below[other]! - one) / (2 * SHIFT)) as Rates;
  }) as Matrix;
  return rows.map((row, i) => row.map((one, j) => (one + rows[j]![i]!) / 2)) as Matrix;
}

const SHIFT = 1e-4;

/** Twice the fall of the logarithm of the likelihood is chi-squared: 95 % lie below 3.84. */
const FALL = 1.92;
const SIGMAS = 1.96;
const BISECTIONS = 20;

/**
 * By the likelihood ratio, since the error is lopsided where the intersection is small. The totals of the two sketches
 * are held fixed on the way, for they are far better known than a small intersection; where it is most of the smaller
 * sketch, the error of that total is its own.
 */
function intervalOfBoth(pairs: PairCounts, peak: Rates): { low: number; high: number } {
  const both = peak[2];
  const [first, second] = [peak[0] + both, peak[1] + both];
  const { value } = likelihoodOf(pairs, peak);
  const fallAt = (tried: number) => {
    const rates: Rates = [first - tried, second - tried, tried];
    return value - likelihoodOf(pairs, rates.map((rate) => Math.max(RATE_MIN, rate)) as Rates).value;
  };
  const most = Math.min(first, second);
  const low = fallAt(0) < FALL ? 0 : crossing(fallAt, both, 0);
  const high = fallAt(most) < FALL ? most : crossing(fallAt, both, most);
  const ofTotal = SIGMAS * relativeError(most) * both * Math.sqrt(both / most);
  return {
    low: low === 0 ? 0 : Math.max(0, both - Math.hypot(both - low, ofTotal)),
    high: both + Math.hypot(high - both, ofTotal),
  };
}

/** Where the fall reaches its bound between the peak and a place beyond it. */
function crossing(fallAt: (both: number) => number, peak: number, beyond: number): number {
  let [inside, outside] = [peak, beyond];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (inside + outside) / 2;
    if (fallAt(middle) < FALL) inside = middle;
    else outside = middle;
  }
  return (inside + outside) / 2;
}

/** Solves the symmetric system by Cramer's rule; null when it is singular. */
function solve(matrix: Matrix, right: Rates): Rates | null {
  const whole = determinant(matrix);
  if (!Number.isFinite(whole) || whole === 0) return null;
  return [0, 1, 2].map((column) => {
    const replaced = matrix.map((row, index) =>
      row.map((one, other) => (other === column ? right[index]! : one)),
    ) as Matrix;
    return determinant(replaced) / whole;
  }) as Rates;
}

function determinant([[a, b, c], [d, e, f], [g, h, i]]: Matrix): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
