import { chiSquaredTail } from './chi-squared.js';
import { estimateOf, RANK_MAX, REGISTER_COUNT, type Sketch } from './sketch.js';

/**
 * How many registers are expected to hold each rank, 0 to 51, when about `n` different ids were counted. Under
 * Poisson arrivals a register holds at most rank k with probability e^(-n / (m 2^k)) (Ertl 2017, section 3).
 */
export function expectedRanks(n: number): Float64Array {
  const expected = new Float64Array(RANK_MAX + 1);
  let atMost = 0;
  for (let rank = 0; rank <= RANK_MAX; rank++) {
    const next = rank === RANK_MAX ? 1 : Math.exp(-n / REGISTER_COUNT / 2 ** rank);
    expected[rank] = REGISTER_COUNT * (next - atMost);
    atMost = next;
  }
  return expected;
}

export interface Fit {
  /** How likely hashes of distinct ids are to look at least as odd, 0..1. */
  probability: number;
  degrees: number;
}

/**
 * Whether the registers look like hashes of distinct ids, by two tests of which the odder one counts, twice:
 * how many registers hold each rank, against the law for the sketch's own estimate; and whether all parts of the
 * sketch are filled alike. A sketch of so few that neither can tell has probability 1.
 */
export function fitOf(sketch: Sketch): Fit {
  const counts = rankCounts(sketch);
  const fits = [rankFit(counts, expectedRanks(estimateOf(counts))), blockFit(sketch, counts)];
  const odder = fits.reduce((a, b) => (a.probability <= b.probability ? a : b));
  return { probability: Math.min(1, 2 * odder.probability), degrees: odder.degrees };
}

export function rankCounts(sketch: Sketch): Uint32Array {
  const counts = new Uint32Array(RANK_MAX + 1);
  for (let register = 0; register < REGISTER_COUNT; register++) counts[sketch.registers[register]!]!++;
  return counts;
}

const CANNOT_TELL: Fit = { probability: 1, degrees: 0 };
/** Bins with fewer expected are pooled with their neighbours. */
const EXPECTED_MIN = 10;
const BLOCKS = 64;

/**
 * The likelihood-ratio statistic, 2 Σ observed ln(observed / expected), which follows the chi-squared law further
 * into the tail than Pearson's where a bin expects ten. One degree goes for the estimate.
 */
function rankFit(observed: Uint32Array, expected: Float64Array): Fit {
  const bins = pooled(observed, expected);
  if (bins.length < 3) return CANNOT_TELL;
  let statistic = 0;
  for (const bin of bins)
    if (bin.observed > 0) statistic += 2 * bin.observed * Math.log(bin.observed / bin.expected);
  const degrees = bins.length - 2;
  return { probability: chiSquaredTail(statistic, degrees), degrees };
}

function pooled(observed: Uint32Array, expected: Float64Array): { observed: number; expected: number }[] {
  const bins: { observed: number; expected: number }[] = [];
  let open = { observed: 0, expected: 0 };
  for (let rank = 0; rank <= RANK_MAX; rank++) {
    open.observed += observed[rank]!;
    open.expected += expected[rank]!;
    if (open.expected < EXPECTED_MIN) continue;
    bins.push(open);
    open = { observed: 0, expected: 0 };
  }
  const last = bins.at(-1);
  if (last) {
    last.observed += open.observed;
    last.expected += open.expected;
  }
  return bins;
}

/** Registers above the middle rank, counted in blocks of neighbours: a hash prefers no part of the sketch. */
function blockFit(sketch: Sketch, counts: Uint32Array): Fit {
  const middle = middleRank(counts);
  const above = new Uint32Array(BLOCKS);
  const size = REGISTER_COUNT / BLOCKS;
  for (let block = 0, register = 0; block < BLOCKS; block++) {
    for (const end = register + size; register < end; register++)
      above[block]! += (middle - sketch.registers[register]!) >>> 31;
  }
  const share = above.reduce((sum, count) => sum + count, 0) / REGISTER_COUNT;
  if (Math.min(share, 1 - share) * size < EXPECTED_MIN) return CANNOT_TELL;
  const variance = size * share * (1 - share);
  const statistic = above.reduce((sum, count) => sum + (count - size * share) ** 2 / variance, 0);
  return { probability: chiSquaredTail(statistic, BLOCKS - 1), degrees: BLOCKS - 1 };
}

/** The rank that about half of the registers exceed. */
function middleRank(counts: Uint32Array): number {
  let below = 0;
  for (let rank = 0; rank < RANK_MAX; rank++) {
    below += counts[rank]!;
    if (below >= REGISTER_COUNT / 2) return rank;
  }
  return RANK_MAX;
}
