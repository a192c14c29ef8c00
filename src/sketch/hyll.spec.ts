import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeHyll,
  encodeDenseHyll,
  encodeHyll,
  HYLL_BYTES_MAX,
  HYLL_REASONS,
  HyllError,
  type HyllReason,
  isCanonicalHyll,
} from './hyll.js';
import { RANK_MAX, REGISTER_COUNT, Sketch } from './sketch.js';

const DENSE_BYTES = 12_304;
const HEADER = '48594c4c' + '01' + '000000' + '0000000000000080';

function sketchOf(count: number): Sketch {
  const sketch = new Sketch();
  for (let number = 0; number < count; number++) {
    sketch.add(createHash('sha256').update(String(number)).digest().subarray(0, 16));
  }
  return sketch;
}

/** `[register, rank]` pairs; all others are empty. */
function withRanks(...ranks: readonly (readonly [number, number])[]): Sketch {
  const sketch = new Sketch();
  for (const [register, rank] of ranks) sketch.registers[register] = rank;
  return sketch;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The reason of the refusal; null when the bytes are a sketch. Bytes and everything else stay as they were. */
function refusal(bytes: Uint8Array): HyllReason | null {
  const before = Uint8Array.from(bytes);
  try {
    decodeHyll(bytes);
    return null;
  } catch (error) {
    if (!(error instanceof HyllError)) throw error;
    expect(HYLL_REASONS).toContain(error.reason);
    expect(error.message).toContain(error.reason);
    return error.reason;
  } finally {
    expect(Buffer.compare(bytes, before)).toBe(0);
  }
}

function changed(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = byte;
  return copy;
}

function sparse(...ops: readonly number[]): Uint8Array {
  return Buffer.concat([Buffer.from(HEADER, 'hex'), Uint8Array.from(ops)]);
}

/** A sparse encoding by the book: each run as long as it can be, no matter how long the whole becomes. */
function sparseByTheBook(registers: Uint8Array): number[] {
  const ops: number[] = [];
  for (let from = 0; from < REGISTER_COUNT; ) {
    const rank = registers[from]!;
    let end = from;
    while (end < REGISTER_COUNT && registers[end] === rank && (rank === 0 || end - from < 4)) end++;
    const run = end - from - 1;
    if (rank > 0) ops.push(0x80 | ((rank - 1) << 2) | run);
    else if (run < 64) ops.push(run);
    else ops.push(0x40 | (run >> 8), run & 0xff);
    from = end;
  }
  return ops;
}

/** Registers in runs of any length, of which some fill the sketch and some leave most of it empty. */
function runsUpTo(rankMax: number): fc.Arbitrary<Sketch> {
  const run = fc.record({
    rank: fc.oneof(fc.constant(0), fc.nat(rankMax)),
    length: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 60, max: 70 }), fc.nat(3_000)),
  });
  return fc.array(run, { maxLength: 400 }).map((runs) => {
    const sketch = new Sketch();
    let register = 0;
    for (const { rank, length } of runs) {
      sketch.registers.fill(rank, register, register + length);
      register += length;
    }
    return sketch;
  });
}

/** Four ranks at random take as many sparse bytes as dense ones, give or take a few. */
const atTheThreshold = fc
  .tuple(fc.uint8Array({ minLength: REGISTER_COUNT, maxLength: REGISTER_COUNT }), fc.nat(29))
  .map(([bytes, least]) => new Sketch(bytes.map((byte) => least + (byte & 3))));

const anySketch = fc.oneof(
  atTheThreshold,
  runsUpTo(RANK_MAX),
  runsUpTo(32),
  fc
    .uint8Array({ minLength: REGISTER_COUNT, maxLength: REGISTER_COUNT, max: RANK_MAX })
    .map((registers) => new Sketch(registers)),
);

describe('encodeHyll', () => {
  it.each<[string, Sketch, string]>([
    ['nobody', new Sketch(), `${HEADER}7fff`],
    ['the first register', withRanks([0, 1]), `${HEADER}807ffe`],
    ['the last register', withRanks([16_383, 32]), `${HEADER}7ffefc`],
    ['63, 64 and 65 empty ones', withRanks([63, 1], [128, 1], [194, 1]), `${HEADER}3e803f804040807f3c`],
    ['a run of five', withRanks(...[0, 1, 2, 3, 4].map((at) => [at, 7] as const)), `${HEADER}9b987ffa`],
  ])('writes %s in these bytes', (_name, sketch, expected) => {
    expect(hex(encodeHyll(sketch))).toBe(expected);
  });

  it('writes what Redis 7.0.15 writes for PFADD foo bar baz', () => {
    const sketch = new Sketch();
    for (const text of ['foo', 'bar', 'baz']) sketch.add(Buffer.from(text));
    expect(hex(encodeHyll(sketch))).toBe(`${HEADER}599d8c4314904a618058e7`);
  });

  it('writes the registers of 20,000 ids as Redis 7.0.15 does', () => {
    const bytes = encodeHyll(sketchOf(20_000));
    expect(bytes.length).toBe(DENSE_BYTES);
    expect(hex(bytes.subarray(0, 16))).toBe('48594c4c000000000000000000000080');
    expect(sha256(bytes.subarray(16))).toBe(
      '96788b12e6dcbd05afd49efe1b7f216d10ef5643a3d27c42b682cf4dae466dbd',
    );
  });

  it('is dense for a rank that no sparse run can hold', () => {
    expect(encodeHyll(withRanks([5, 32])).length).toBe(16 + 4);
    expect(encodeHyll(withRanks([5, 33])).length).toBe(DENSE_BYTES);
  });

  it('is dense iff that is not longer than sparse', () => {
    // Alternating ranks take a byte each; equal ones at the end take a byte for four, in the last place exactly.
    const ofLength = (sparseBytes: number) => {
      const alternating = Array.from({ length: REGISTER_COUNT }, (_, register) => 1 + (register % 2));
      const spared = 16 + REGISTER_COUNT - sparseBytes;
      const runs = Math.floor(spared / 3);
      const sketch = new Sketch(Uint8Array.from(alternating));
      for (let run = 0; run < runs; run++) sketch.registers.fill(3 + (run % 2), run * 4, run * 4 + 4);
      const rest = spared - runs * 3;
      if (rest > 0) sketch.registers.fill(5, runs * 4, runs * 4 + rest + 1);
      expect(16 + sparseByTheBook(sketch.registers).length).toBe(sparseBytes);
      return encodeHyll(sketch);
    };
    expect([ofLength(DENSE_BYTES - 1).length, ofLength(DENSE_BYTES - 1)[4]]).toEqual([DENSE_BYTES - 1, 1]);
    expect([ofLength(DENSE_BYTES).length, ofLength(DENSE_BYTES)[4]]).toEqual([DENSE_BYTES, 0]);
    expect([ofLength(DENSE_BYTES + 1).length, ofLength(DENSE_BYTES + 1)[4]]).toEqual([DENSE_BYTES, 0]);
  });

  it('is dense when only the second byte of the last run makes it so', () => {
    const sketch = new Sketch();
    for (let register = 0; register < 12_286; register++) sketch.registers[register] = 1 + (register % 2);
    expect(16 + sparseByTheBook(sketch.registers).length).toBe(DENSE_BYTES);
    expect(encodeHyll(sketch)[4]).toBe(0);
    sketch.registers[12_285] = 0;
    expect(encodeHyll(sketch)[4]).toBe(1);
  });

  it('is sparse when runs over the borders of four registers are what makes it so', () => {
    const sketch = new Sketch();
    for (let from = 0; from < REGISTER_COUNT; from += 4) {
      sketch.registers.set(from % 8 === 0 ? [1, 2, 3, 2] : [2, 1, 3, 1], from);
    }
    sketch.registers.set([1, 1, 1, 2]);
    expect(16 + sparseByTheBook(sketch.registers).length).toBe(DENSE_BYTES - 1);
    expect(encodeHyll(sketch)[4]).toBe(1);
  });

  it('follows the book for any registers', () => {
    fc.assert(
      fc.property(anySketch, (sketch) => {
        const ops = sparseByTheBook(sketch.registers);
        const isSparse = 16 + ops.length < DENSE_BYTES && sketch.registers.every((rank) => rank <= 32);
        const expected = isSparse ? sparse(...ops) : encodeDenseHyll(sketch);
        expect(Buffer.compare(encodeHyll(sketch), expected)).toBe(0);
      }),
    );
  });

  it('comes back as it was, sparse and dense', () => {
    fc.assert(
      fc.property(anySketch, (sketch) => {
        expect(decodeHyll(encodeHyll(sketch)).equals(sketch)).toBe(true);
        expect(decodeHyll(encodeDenseHyll(sketch)).equals(sketch)).toBe(true);
      }),
    );
  });

  it.each([0, 1, 100, 3_000, 10_000, 15_000, 17_000, 100_000])('comes back with %i ids in it', (count) => {
    const sketch = sketchOf(count);
    expect(decodeHyll(encodeHyll(sketch)).equals(sketch)).toBe(true);
  });

  it('answers bytes of its own each time', () => {
    const first = encodeHyll(sketchOf(100));
    const before = hex(first);
    encodeHyll(sketchOf(100_000));
    expect(hex(first)).toBe(before);
  });

  it('reads registers that lie anywhere in a buffer', () => {
    const within = new Uint8Array(REGISTER_COUNT + 8);
    const sketch = sketchOf(100_000);
    for (const offset of [1, 2, 3]) {
      within.set(sketch.registers, offset);
      const moved = new Sketch(within.subarray(offset, offset + REGISTER_COUNT));
      expect(Buffer.compare(encodeHyll(moved), encodeHyll(sketch))).toBe(0);
    }
  });
});

describe('isCanonicalHyll', () => {
  it('knows the one encoding of a sketch', () => {
    fc.assert(
      fc.property(anySketch, (sketch) => {
        const bytes = encodeHyll(sketch);
        expect(isCanonicalHyll(bytes)).toBe(true);
        const dense = encodeDenseHyll(sketch);
        expect(isCanonicalHyll(dense)).toBe(bytes[4] === 0);
      }),
    );
  });

  it.each<[string, Uint8Array]>([
    ['a split run of empty registers', sparse(0x00, 0x7f, 0xfe)],
    ['a long form for a short run', sparse(0x40, 0x00, 0x80, 0x7f, 0xfd)],
    ['a split run of ranks', sparse(0x80, 0x80, 0x7f, 0xfd)],
    ['a cached count', changed(encodeHyll(sketchOf(3)), 8, 3)],
    ['a cached count that is said to be right', changed(encodeHyll(sketchOf(3)), 15, 0)],
  ])('tells %s from it, which decodes all the same', (_name, bytes) => {
    expect(refusal(bytes)).toBeNull();
    expect(isCanonicalHyll(bytes)).toBe(false);
    expect(isCanonicalHyll(encodeHyll(decodeHyll(bytes)))).toBe(true);
  });

  it('is false for bytes that are no sketch', () => {
    expect(isCanonicalHyll(new Uint8Array(0))).toBe(false);
  });
});

describe('decodeHyll', () => {
  const few = encodeHyll(sketchOf(200));
  const many = encodeHyll(sketchOf(20_000));

  it('reads what Redis 7.0.15 keeps after PFADD foo bar baz, with and without a cached count', () => {
    for (const count of ['0000000000000080', '0300000000000000']) {
      const sketch = decodeHyll(Buffer.from(`48594c4c01000000${count}599d8c4314904a618058e7`, 'hex'));
      expect(Math.round(sketch.estimate())).toBe(3);
    }
  });

  it.each([few, many])('ignores a forged count', (bytes) => {
    const forged = Uint8Array.from(bytes);
    forged.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 8);
    expect(decodeHyll(forged).equals(decodeHyll(bytes))).toBe(true);
  });

  it.each<[HyllReason, string, Uint8Array]>([
    ['too-short', 'nothing', new Uint8Array(0)],
    ['too-short', 'half a header', few.subarray(0, 15)],
    ['too-long', 'more than any sketch', new Uint8Array(HYLL_BYTES_MAX + 1)],
    ['not-hyll', 'another magic', changed(few, 3, 0x4d)],
    ['unknown-encoding', 'a third encoding', changed(few, 4, 2)],
    ['unknown-encoding', 'a raw encoding', changed(many, 4, 255)],
    ['reserved-bytes', 'the first reserved byte', changed(few, 5, 1)],
    ['reserved-bytes', 'the last reserved byte', changed(many, 7, 0x80)],
    ['wrong-length', 'a dense sketch with a byte more', Buffer.concat([many, Buffer.alloc(1)])],
    ['wrong-length', 'a dense header alone', many.subarray(0, 16)],
    ['rank-too-high', 'rank 52 in the first register', encodeDenseHyll(withRanks([0, 52]))],
    ['rank-too-high', 'rank 63 in the last', encodeDenseHyll(withRanks([16_383, 63]))],
    ['missing-registers', 'a sparse header alone', sparse()],
    ['missing-registers', 'one register too few', sparse(0x7f, 0xfe)],
    ['truncated-run', 'a long run without its second byte', sparse(0x7f)],
    ['overlong-run', 'a run of empty registers over the end', sparse(0x7f, 0xfe, 0x01)],
    ['overlong-run', 'a long run over the end', sparse(0x00, 0x7f, 0xff)],
    ['overlong-run', 'a run of ranks over the end', sparse(0x7f, 0xfe, 0x81)],
    ['overlong-run', 'runs that would wrap a 32-bit count', sparse(...new Array(16_000).fill(0x7f))],
    ['trailing-bytes', 'an empty run after the end', sparse(0x7f, 0xff, 0x00)],
    ['trailing-bytes', 'a rank after the end', sparse(0x7f, 0xff, 0x80)],
  ])('refuses as %s: %s', (reason, _name, bytes) => {
    expect(refusal(bytes)).toBe(reason);
  });

  it.each([few, many])('refuses a sketch that is cut at any length', (bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length))).not.toBeNull();
    }
  });

  it('refuses every rank above 51 in every place of a dense byte triple', () => {
    for (let register = 0; register < 4; register++) {
      for (let rank = 0; rank < 64; rank++) {
        const expected = rank > RANK_MAX ? 'rank-too-high' : null;
        expect(refusal(encodeDenseHyll(withRanks([register, rank])))).toBe(expected);
      }
    }
  });

  it('reads a flipped bit as other registers or another cached count, or refuses it', () => {
    for (const bytes of [few, many]) {
      const step = bytes === few ? 1 : 37;
      for (let bit = 0; bit < bytes.length * 8; bit += bit < 128 ? 1 : step) {
        const flipped = changed(bytes, bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
        if (refusal(flipped) !== null) continue;
        const sketch = decodeHyll(flipped);
        expect(sketch.registers.every((rank) => rank <= RANK_MAX)).toBe(true);
        const isInCount = bit >= 64 && bit < 128;
        expect(sketch.equals(decodeHyll(bytes))).toBe(isInCount);
      }
    }
  });

  it('refuses or reads whatever follows a good header, and what it reads it can write', () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0x3f, 0x7f, 0xff, 0x80, 0x00));
    const body = fc.array(byte, { maxLength: 600 });
    const padded = body.map((ops) => [...ops, ...new Array(8).fill(0x7f)]);
    fc.assert(
      fc.property(fc.oneof(body, padded), (ops) => {
        const bytes = sparse(...ops);
        if (refusal(bytes) !== null) return;
        const sketch = decodeHyll(bytes);
        expect(decodeHyll(encodeHyll(sketch)).equals(sketch)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads any split of a sketch into runs as the same sketch', () => {
    fc.assert(
      fc.property(runsUpTo(32), fc.infiniteStream(fc.integer({ min: 1, max: 64 })), (sketch, cuts) => {
        const ops: number[] = [];
        for (let from = 0; from < REGISTER_COUNT; ) {
          const rank = sketch.registers[from]!;
          const runMax = Math.min(REGISTER_COUNT - from, cuts.next().value ?? 1, rank === 0 ? 64 : 4);
          let run = 1;
          while (run < runMax && sketch.registers[from + run] === rank) run++;
          if (rank === 0) ops.push(run - 1);
          else ops.push(0x80 | ((rank - 1) << 2) | (run - 1));
          from += run;
        }
        const bytes = sparse(...ops);
        if (bytes.length <= HYLL_BYTES_MAX) expect(decodeHyll(bytes).equals(sketch)).toBe(true);
        else expect(refusal(bytes)).toBe('too-long');
      }),
    );
  });

  it('reads sparse bytes of the greatest length, and none beyond', () => {
    const ranks = new Array(REGISTER_COUNT).fill(0x80);
    expect(sparse(...ranks).length).toBe(HYLL_BYTES_MAX);
    expect(decodeHyll(sparse(...ranks)).registers.every((rank) => rank === 1)).toBe(true);
    expect(refusal(sparse(...ranks, 0x80))).toBe('too-long');
  });
});
