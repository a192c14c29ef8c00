import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeHyll } from '../sketch/hyll.js';
import { REGISTER_COUNT, Sketch } from '../sketch/sketch.js';
import { Refusal } from './refusal.js';
import { packSketch, sketchDigest, unpackSketch } from './sketch-transfer.js';

function sketchWith(count: number): Uint8Array {
  const sketch = new Sketch();
  for (let i = 0; i < count; i++) sketch.add(randomBytes(16));
  return encodeHyll(sketch);
}

function reasonOf(packed: Uint8Array): string {
  try {
    unpackSketch(packed);
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'unpacked';
}

const huffman = (bytes: Uint8Array) => deflateRawSync(bytes, { strategy: constants.Z_HUFFMAN_ONLY });

describe('packed sketches', () => {
  it.each([0, 1, 50, 3_000, 20_000, 200_000])('come back as they were: %i visitors', (count) => {
    const canonical = sketchWith(count);
    const back = unpackSketch(packSketch(canonical));
    expect(Buffer.compare(back, canonical)).toBe(0);
    expect(sketchDigest(back)).toBe(sketchDigest(canonical));
  });

  it('take 5.9 kB when full, and a few bytes when nearly empty', () => {
    const full = packSketch(sketchWith(200_000)).length;
    expect(full).toBeGreaterThan(5_500);
    expect(full).toBeLessThan(6_300);
    expect(packSketch(sketchWith(3)).length).toBeLessThan(40);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a bomb', huffman(new Uint8Array(1 << 24))],
    ['one register too few', huffman(new Uint8Array(REGISTER_COUNT - 1))],
    ['one register too many', huffman(new Uint8Array(REGISTER_COUNT + 1))],
    ['a rank above 51', huffman(new Uint8Array(REGISTER_COUNT).fill(52))],
    ['something behind the end', Buffer.concat([huffman(new Uint8Array(REGISTER_COUNT)), Buffer.from([0])])],
    ['a stream that was cut off', huffman(new Uint8Array(REGISTER_COUNT)).subarray(0, -1)],
    ['more than is ever read', new Uint8Array(16_401)],
    ['a HYLL header alone', Buffer.from('HYLL')],
    ['a HYLL sketch that was cut off', sketchWith(100).subarray(0, -1)],
  ])('are refused: %s', (_what, packed) => {
    expect(reasonOf(packed)).toBe('sketch-malformed');
  });

  it('throw nothing but refusals, whatever comes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.uint8Array({ maxLength: 200 }).map((tail) => Buffer.concat([Buffer.from('HYLL'), tail])),
      fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => {
        const packed = Buffer.from(packSketch(sketchWith(5_000)));
        packed[at % packed.length] = value;
        return packed;
      }),
    );
    fc.assert(
      fc.property(bytes, (packed) => void reasonOf(packed)),
      { numRuns: 150 },
    );
  });
});
