import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RANK_MAX, REGISTER_COUNT, rankCounts, SKETCH_PRECISION, Sketch } from './sketch.js';

/** Visitor ids that are the same in every run. */
function ids(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, number) =>
    createHash('sha256').update(String(number)).digest().subarray(0, 16),
  );
}

/** Sixteen bytes with a hash of one's choice: MurmurHash64A can be run backwards, as whoever forges ids knows. */
function idWithHash(hash: bigint): Uint8Array {
  const m = 0xc6a4a7935bd1e995n;
  const inverse = 0x5f7a0ea7e59b19bdn;
  const wrap = (value: bigint) => BigInt.asUintN(64, value);
  const fold = (value: bigint) => value ^ (value >> 47n);
  const afterZeros = wrap(wrap(0xadc83b19n ^ wrap(16n * m)) * m);
  const mixed = wrap(fold(wrap(fold(hash) * inverse)) * inverse) ^ afterZeros;
  const id = Buffer.alloc(16);
  id.writeBigUInt64LE(wrap(fold(wrap(mixed * inverse)) * inverse), 8);
  return id;
}

function sketchOf(elements: Iterable<Uint8Array>): Sketch {
  const sketch = new Sketch();
  for (const element of elements) sketch.add(element);
  return sketch;
}

function union(...sketches: readonly Sketch[]): Sketch {
  const all = new Sketch();
  for (const sketch of sketches) all.merge(sketch);
  return all;
}

const elements = fc.array(fc.uint8Array({ minLength: 0, maxLength: 20 }), { maxLength: 200 });
const sketches = elements.map(sketchOf);

describe('Sketch', () => {
  it('has 16,384 registers of at most 51', () => {
    expect([SKETCH_PRECISION, REGISTER_COUNT, RANK_MAX]).toEqual([14, 16_384, 51]);
    expect(new Sketch().registers).toEqual(new Uint8Array(REGISTER_COUNT));
  });

  it.each([0, REGISTER_COUNT - 1, REGISTER_COUNT + 1])('refuses %i registers', (count) => {
    expect(() => new Sketch(new Uint8Array(count))).toThrow(RangeError);
  });

  it('puts known ids into known registers', () => {
    // Hashes …141cb4, …a573d and …bc9732 of murmur-hash.spec.ts: low 14 bits, and trailing zeros of the rest.
    const sketch = sketchOf(['foo', '0123456789abcdef', ''].map((text) => Buffer.from(text)));
    const raised = [...sketch.registers].flatMap((rank, register) => (rank > 0 ? [[register, rank]] : []));
    expect(raised).toEqual([
      [0x85bc9732 & 0x3fff, 2],
      [0x8eaa573d & 0x3fff, 1],
      [0xb0141cb4 & 0x3fff, 5],
    ]);
  });

  it('reaches every rank, whichever half of the hash its lowest set bit is in', () => {
    for (let rank = 1; rank <= RANK_MAX; rank++) {
      const above = rank < RANK_MAX ? 1n << BigInt(SKETCH_PRECISION + rank - 1) : 0n;
      const sketch = sketchOf([idWithHash(above | 1234n)]);
      expect(sketch.registers.findIndex((raised) => raised > 0)).toBe(1234);
      expect(sketch.registers[1234]).toBe(rank);
    }
  });

  it('says whether an id raised a register, and counts nobody twice', () => {
    const [id] = ids(1);
    const sketch = new Sketch();
    expect(sketch.isEmpty()).toBe(true);
    expect(sketch.add(id!)).toBe(true);
    expect(sketch.isEmpty()).toBe(false);
    expect(sketch.add(id!)).toBe(false);
    expect(Math.round(sketch.estimate())).toBe(1);
  });

  it('says no more people than JSON can carry, whatever its registers claim', () => {
    const forged = new Sketch(new Uint8Array(16_384).fill(51));
    expect(forged.estimate()).toBeGreaterThan(2 ** 53);
    expect(forged.people()).toBe(Number.MAX_SAFE_INTEGER);
    expect(new Sketch().people()).toBe(0);
  });

  it('holds the same registers in whatever order and however often ids come', () => {
    fc.assert(
      fc.property(elements, fc.infiniteStream(fc.nat()), (list, randoms) => {
        const shuffled = [...list, ...list].map((element) => ({ element, key: randoms.next().value ?? 0 }));
        shuffled.sort((a, b) => a.key - b.key);
        expect(sketchOf(shuffled.map(({ element }) => element)).equals(sketchOf(list))).toBe(true);
      }),
    );
  });

  it('merges to what one sketch of all ids would hold', () => {
    fc.assert(
      fc.property(elements, elements, (a, b) => {
        expect(union(sketchOf(a), sketchOf(b)).equals(sketchOf([...a, ...b]))).toBe(true);
      }),
    );
  });

  it('merges commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(sketches, sketches, sketches, (a, b, c) => {
        expect(union(a, b).equals(union(b, a))).toBe(true);
        expect(union(union(a, b), c).equals(union(a, union(b, c)))).toBe(true);
        expect(union(a, a).equals(a)).toBe(true);
      }),
    );
  });

  it('takes the higher rank for every pair of ranks', () => {
    const pairs = Array.from({ length: 52 * 52 }, (_, pair) => [Math.floor(pair / 52), pair % 52] as const);
    const mine = new Sketch();
    const theirs = new Sketch();
    pairs.forEach(([a, b], register) => {
      mine.registers[register] = a;
      theirs.registers[register] = b;
    });
    mine.merge(theirs);
    expect([...mine.registers.subarray(0, pairs.length)]).toEqual(pairs.map(([a, b]) => Math.max(a, b)));
  });

  it('says whether a merge raised a register, and leaves the other as it was', () => {
    const [a, b] = [sketchOf(ids(10)), sketchOf(ids(11))];
    const before = b.clone();
    expect(a.merge(b)).toBe(true);
    expect(a.merge(b)).toBe(false);
    expect(b.merge(new Sketch())).toBe(false);
    expect(b.equals(before)).toBe(true);
  });

  it('clones into registers of its own', () => {
    const sketch = sketchOf(ids(100));
    const clone = sketch.clone();
    expect(clone.equals(sketch)).toBe(true);
    clone.registers[0] = RANK_MAX;
    expect(clone.equals(sketch)).toBe(false);
  });
});

it('counts how many registers have each rank', () => {
  const sketch = new Sketch();
  for (let register = 0; register < REGISTER_COUNT; register++)
    sketch.registers[register] = Math.floor(Math.sqrt(register)) % (RANK_MAX + 1);
  const counts = Array.from({ length: RANK_MAX + 1 }, (_, rank) =>
    sketch.registers.reduce((count, held) => count + (held === rank ? 1 : 0), 0),
  );
  expect([...rankCounts(sketch)]).toEqual(counts);
});

describe('Sketch.estimate', () => {
  it('is 0 for nobody', () => {
    expect(new Sketch().estimate()).toBe(0);
  });

  it('answers what Redis 7 answers', () => {
    expect(Math.round(sketchOf(ids(20_000)).estimate())).toBe(19_862);
  });

  it('never falls when a register rises', () => {
    const ranks = fc.uint8Array({ minLength: 64, maxLength: 64, max: RANK_MAX });
    fc.assert(
      fc.property(ranks, fc.nat(63), fc.nat(RANK_MAX), (few, at, rise) => {
        const registers = new Uint8Array(REGISTER_COUNT);
        for (let from = 0; from < REGISTER_COUNT; from += few.length) registers.set(few, from);
        const sketch = new Sketch(registers);
        const before = sketch.estimate();
        registers[at] = Math.max(registers[at]!, rise);
        expect(sketch.estimate()).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('corrects for registers that can rise no more', () => {
    const registers = new Uint8Array(REGISTER_COUNT).fill(49).fill(RANK_MAX, 0, 4_096);
    expect(new Sketch(registers).estimate() / 8.422478396212803e18).toBeCloseTo(1, 12);
  });

  it('stays finite where a forger saturates every register', () => {
    expect(new Sketch(new Uint8Array(REGISTER_COUNT).fill(RANK_MAX)).estimate()).toBe(2 ** 64);
    expect(new Sketch(new Uint8Array(REGISTER_COUNT).fill(RANK_MAX - 1)).estimate()).toBeCloseTo(
      1.33e19,
      -17,
    );
  });
});
