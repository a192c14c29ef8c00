import { chiSquaredTail } from './chi-squared.js';
import { estimateOf, RANK_MAX, REGISTER_COUNT, rankCounts, type Sketch } from './sketch.js';

/** What the law expects of the registers of some ranks. */
interface Expectation {
  registers: number;
  /** n times the derivative of `registers` by n, and n² times the second. */
  slope: number;
  bend: number;
}

const NOTHING: Expectation = { registers: 0, slope: 0, bend: 0 };

/**
 * How many registers are expected to hold each rank, 0 to 51, when about `n` different ids were counted. Under
 * Poisson arrivals a register holds at most rank k with probability e^(-n / (m 2^k)) (Ertl 2017, section 3).
 */
export function expectedRanks(n: number): number[] {
  return upToEachRank(n).map(({ registers }, rank, upTo) => registers - (upTo[rank - 1]?.registers ?? 0));
}

/** The same of each rank and all below it. */
function upToEachRank(n: number): Expectation[] {
  const upTo: Expectation[] = [];
  // How many ids of a higher rank a register has seen; nothing is above the highest.
  for (let rank = 0, load = n / REGISTER_COUNT; rank < RANK_MAX; rank++, load /= 2) {
    const registers = REGISTER_COUNT * Math.exp(-load);
    upTo.push({ registers, slope: -load * registers, bend: load * load * registers });
  }
  upTo.push({ registers: REGISTER_COUNT, slope: 0, bend: 0 });
  return upTo;
}

export interface Fit {
  /** How likely hashes of distinct ids are to look at least as odd, 0..1. */
  probability: number;
  degrees: number;
}

/**
 * Whether the registers look like hashes of distinct ids, by three tests of which the oddest counts, three times: how
 * many registers hold each rank, against the law for the sketch's own estimate; whether all registers saw equally many
 * ids; and whether all parts of the sketch are filled alike. A sketch of so few that none can tell has probability 1.
 *
 * @param counts Of the sketch, where they are known already.
 */
export function fitOf(sketch: Sketch, counts = rankCounts(sketch)): Fit {
  const bins = pooled(counts, estimateOf(counts));
  const fits = [rankFit(bins), loadFit(bins), blockFit(sketch, counts)];
  const oddest = fits.reduce((a, b) => (a.probability <= b.probability ? a : b));
  return { probability: Math.min(1, fits.length * oddest.probability), degrees: oddest.degrees };
}

const CANNOT_TELL: Fit = { probability: 1, degrees: 0 };
/** Bins with fewer expected are pooled with their neighbours. */
const EXPECTED_MIN = 10;
const BLOCKS = 64;

/** Neighbouring ranks. */
interface Bin {
  observed: number;
  expected: Expectation;
}

/**
 * The likelihood-ratio statistic, 2 Σ observed ln(observed / expected), which follows the chi-squared law further
 * into the tail than Pearson's where a bin expects ten. One degree goes for the estimate.
 */
function rankFit(bins: readonly Bin[]): Fit {
  if (bins.length < 3) return CANNOT_TELL;
  let statistic = 0;
  for (const { observed, expected } of bins)
    if (observed > 0) statistic += 2 * observed * Math.log(observed / expected.registers);
  const degrees = bins.length - 2;
  return { probability: chiSquaredTail(statistic, degrees), degrees };
}

/**
 * Whether some registers saw more ids than others. Whoever lifts some of them mixes two sketches, and to a small mixture
 * of whatever kind the law answers by its second derivative, less the part that another n would explain. Along it there
 * is one normal variable, where the test above has to look into a dozen directions (Neyman's C(α) test, 1959).
 */
function loadFit(bins: readonly Bin[]): Fit {
  if (bins.length < 3) return CANNOT_TELL;
  const [bendSlope, slopeSlope] = bins.reduce(
    ([bendSlope, slopeSlope], { expected: { registers, slope, bend } }) => [
      bendSlope + (bend * slope) / registers,
      slopeSlope + slope ** 2 / registers,
    ],
    [0, 0],
  );
  let [distance, variance] = [0, 0];
  for (const { observed, expected } of bins) {
    const weight = (expected.bend - (bendSlope / slopeSlope) * expected.slope) / expected.registers;
    distance += observed * weight;
    variance += expected.registers * weight ** 2;
  }
  return { probability: chiSquaredTail(distance ** 2 / variance, 1), degrees: 1 };
}

function pooled(counts: Uint32Array, n: number): Bin[] {
  const bins: Bin[] = [];
  let [observed, below] = [0, NOTHING];
  for (const [rank, upTo] of upToEachRank(n).entries()) {
    observed += counts[rank]!;
    const registers = upTo.registers - below.registers;
    const isFull = registers >= EXPECTED_MIN && REGISTER_COUNT - upTo.registers >= EXPECTED_MIN;
    if (!isFull && rank < RANK_MAX) continue;
    const [slope, bend] = [upTo.slope - below.slope, upTo.bend - below.bend];
    bins.push({ observed, expected: { registers, slope, bend } });
    [observed, below] = [0, upTo];
  }
  return bins;
}

/** Registers above the middle rank, counted in blocks of neighbours: a hash prefers no part of the sketch. */
function blockFit({ registers }: Sketch, counts: Uint32Array): Fit {
  const size = REGISTER_COUNT / BLOCKS;
  const { middle, share } = middleRank(counts);
  if (Math.min(share, 1 - share) * size < EXPECTED_MIN) return CANNOT_TELL;
  const variance = size * share * (1 - share);
  let statistic = 0;
  for (let block = 0, register = 0; block < BLOCKS; block++) {
    let above = 0;
    for (const end = register + size; register < end; register++)
      above += (middle - registers[register]!) >>> 31;
    const off = above - size * share;
    statistic += (off * off) / variance;
  }
  return { probability: chiSquaredTail(statistic, BLOCKS - 1), degrees: BLOCKS - 1 };
}

/** The rank that about half of the registers exceed, and what share of them does. */
function middleRank(counts: Uint32Array): { middle: number; share: number } {
  let above = REGISTER_COUNT;
  for (let middle = 0; middle < RANK_MAX; middle++) {
    above -= counts[middle]!;
    if (above <= REGISTER_COUNT / 2) return { middle, share: above / REGISTER_COUNT };
  }
  return { middle: RANK_MAX, share: 0 };
}
