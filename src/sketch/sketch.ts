import { type Hash64, murmurHash64A } from './murmur-hash.js';
import { whole } from './whole.js';

/**
 * HyperLogLog: how many different people, in 12 kB, whatever their number.
 *
 * Each visitor id is hashed to 64 bits. The low 14 bits choose one of 16,384 registers; the number of trailing
 * zeros in the other 50, plus one, is the id's rank (1..51), and a register keeps the highest rank it has seen. A
 * rank of k appears about once in 2^k different ids, so the registers tell how many different ones there were:
 * seeing an id again changes nothing, and the union of two sketches is the larger rank of each register.
 *
 *      hash   63                                14 13            0
 *             +-----------------------------------+--------------+
 *             |   trailing zeros + 1 = rank       |   register   |
 *             +-----------------------------------+--------------+
 *
 * Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog" (2007); Heule, Nunkesser, Hall, "HyperLogLog in Practice"
 * (2013), for 64-bit hashes; Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), for the
 * estimator, which needs no correction tables. Hash, registers and estimator are those of Redis, bit for bit.
 */
export const SKETCH_PRECISION = 14;
export const REGISTER_COUNT = 1 << SKETCH_PRECISION;
/** Bits of the hash that make up the rank. */
const RANK_BITS = 64 - SKETCH_PRECISION;
export const RANK_MAX = RANK_BITS + 1;
/** 1 / (2 ln 2) */
const ALPHA_INFINITY = 0.5 / Math.LN2;
const LOW_RANK_BITS = 32 - SKETCH_PRECISION;
/** There are no more hashes than these, so no more ids can be told apart. */
const ESTIMATE_MAX = 2 ** 64;

const hash: Hash64 = { high: 0, low: 0 };

/** What totals need of a sketch, whether it is in memory or still in its bytes. */
export interface ReadableSketch {
  /** How many different ids were counted, not rounded. */
  estimate(): number;
  /** Merges it into each of them. */
  raise(unions: readonly Sketch[]): void;
}

export class Sketch implements ReadableSketch {
  /** One rank a register, 0 for an empty one. */
  readonly registers: Uint8Array;

  /** Takes over the registers, which must be 16,384 ranks of at most 51. Throws RangeError for another length. */
  constructor(registers: Uint8Array = new Uint8Array(REGISTER_COUNT)) {
    if (registers.length !== REGISTER_COUNT) {
      throw new RangeError(`a sketch has ${REGISTER_COUNT} registers, not ${registers.length}`);
    }
    this.registers = registers;
  }

  /** Counts a visitor id. Answers whether a register rose; if not, the id changes nothing in any copy either. */
  add(visitorId: Uint8Array): boolean {
    murmurHash64A(visitorId, hash);
    const register = hash.low & (REGISTER_COUNT - 1);
    const rank = rankOf(hash);
    if (rank <= this.registers[register]!) return false;
    this.registers[register] = rank;
    return true;
  }

  /**
   * Raises each register to the other's. Answers whether any rose. Without a branch: which of two ranks is higher
   * can't be predicted, and wrong guesses would cost four times the rest.
   */
  merge(other: Sketch): boolean {
    const mine = this.registers;
    const theirs = other.registers;
    let risen = 0;
    for (let register = 0; register < REGISTER_COUNT; register++) {
      const difference = theirs[register]! - mine[register]!;
      const rise = difference & ~(difference >> 31);
      risen |= rise;
      mine[register] = mine[register]! + rise;
    }
    return risen !== 0;
  }

  raise(unions: readonly Sketch[]): void {
    for (const union of unions) union.merge(this);
  }

  /**
   * How many different ids were counted, 0 to 2^64, not rounded. Redis's PFCOUNT answers the nearest whole number;
   * beyond 2^63, which only forged registers reach, it answers nonsense where this stays finite.
   */
  estimate(): number {
    return estimateOf(rankCounts(this));
  }

  /** The same as a whole number, 0 to 2^53 − 1. */
  people(): number {
    return whole(this.estimate());
  }

  clone(): Sketch {
    return new Sketch(this.registers.slice());
  }

  equals(other: Sketch): boolean {
    return Buffer.compare(this.registers, other.registers) === 0;
  }

  isEmpty(): boolean {
    return this.registers.every((rank) => rank === 0);
  }
}

function rankOf({ high, low }: Hash64): number {
  const lowBits = low >>> SKETCH_PRECISION;
  if (lowBits !== 0) return trailingZeros(lowBits) + 1;
  if (high !== 0) return LOW_RANK_BITS + trailingZeros(high) + 1;
  return RANK_MAX;
}

function trailingZeros(value: number): number {
  return 31 - Math.clz32(value & -value);
}

/** Ranks fit into six bits. */
const RANK_TABLE = 64;

/**
 * How many registers have each rank, 0 to 51. Four tables take turns: neighbours often have the same rank, and adding
 * to what was written just before waits for it, which makes one table three times as slow.
 */
export function rankCounts({ registers }: Pick<Sketch, 'registers'>): Uint32Array {
  const tables = new Uint32Array(4 * RANK_TABLE);
  for (let register = 0; register < REGISTER_COUNT; register += 4) {
    tables[registers[register]!]!++;
    tables[RANK_TABLE + registers[register + 1]!]!++;
    tables[2 * RANK_TABLE + registers[register + 2]!]!++;
    tables[3 * RANK_TABLE + registers[register + 3]!]!++;
  }
  const counts = tables.slice(0, RANK_MAX + 1);
  for (let rank = 0; rank <= RANK_MAX; rank++)
    for (let table = 1; table < 4; table++) counts[rank]! += tables[table * RANK_TABLE + rank]!;
  return counts;
}

/** Ertl's improved raw estimator (2017, algorithm 6) from how many registers have each rank, 0 to 51. */
export function estimateOf(counts: Uint32Array): number {
  let z = REGISTER_COUNT * tau(1 - counts[RANK_MAX]! / REGISTER_COUNT);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + counts[rank]!);
  z += REGISTER_COUNT * sigma(counts[0]! / REGISTER_COUNT);
  return Math.min(ESTIMATE_MAX, (ALPHA_INFINITY * REGISTER_COUNT * REGISTER_COUNT) / z);
}

/** Corrects for registers that are still empty. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = Number.NaN; before !== z; ) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** Corrects for registers that can't rise any more. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = Number.NaN; before !== z; ) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
