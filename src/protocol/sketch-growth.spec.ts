import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeHyll } from '../sketch/hyll.js';
import { RANK_MAX, REGISTER_COUNT, Sketch } from '../sketch/sketch.js';
import { Refusal } from './refusal.js';
import { grow, packGrowth, readGrowth } from './sketch-growth.js';
import { packSketch, sketchDigest, unpackSketch } from './sketch-transfer.js';

const register = fc.nat({ max: REGISTER_COUNT - 1 });
const rank = fc.integer({ min: 1, max: RANK_MAX });
const registers = fc.array(fc.tuple(register, rank), { maxLength: 3000 });

function sketchWith(entries: readonly (readonly [number, number])[], base?: Sketch): Sketch {
  const sketch = base?.clone() ?? new Sketch();
  for (const [at, high] of entries) sketch.registers[at] = Math.max(sketch.registers[at]!, high);
  return sketch;
}

describe('what grew of a sketch', () => {
  it('leads from the one before to the one after, bit for bit', () => {
    fc.assert(
      fc.property(registers, registers, (before, risen) => {
        const base = sketchWith(before);
        const [from, to] = [encodeHyll(base), encodeHyll(sketchWith(risen, base))];
        const growth = readGrowth(packGrowth(from, to)!)!;
        expect(growth.base).toBe(sketchDigest(from));
        expect(Buffer.compare(grow(from, growth.risen), to)).toBe(0);
      }),
    );
  });

  it('is a few hundred bytes for a hundred people more on a full sketch', () => {
    const filled = Array.from({ length: REGISTER_COUNT }, (_, at) => [at, 1 + (at % 6)] as const);
    const risen = Array.from({ length: 100 }, (_, at) => [at * 163, 9] as const);
    const base = sketchWith(filled);
    const packed = packGrowth(encodeHyll(base), encodeHyll(sketchWith(risen, base)));
    expect(packed!.length).toBeLessThan(400);
  });

  it('is not there where a register fell', () => {
    const many = Array.from({ length: 2000 }, (_, at) => [at * 8, 3] as const);
    const [low, high] = [sketchWith(many), sketchWith([[16, 9]], sketchWith(many))].map(encodeHyll);
    expect(packGrowth(low!, high!)).not.toBeNull();
    expect(packGrowth(high!, low!)).toBeNull();
  });

  it('is told apart from every sketch that is packed whole', () => {
    fc.assert(
      fc.property(registers, (entries) => {
        expect(readGrowth(packSketch(encodeHyll(sketchWith(entries))))).toBeNull();
      }),
    );
    // An inflater takes it for a block of a kind that does not exist.
    expect(() => unpackSketch(Buffer.from('GREW'.padEnd(80, 'x')))).toThrow(new Refusal('sketch-malformed'));
  });

  it('is read or refused as malformed, whatever comes', () => {
    const base = encodeHyll(sketchWith([[5, 3]]));
    const tail = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      registers.map((entries) => packSketch(encodeHyll(sketchWith(entries)))),
    );
    fc.assert(
      fc.property(tail, (bytes) => {
        const packed = Buffer.concat([Buffer.from('GREW'), bytes]);
        try {
          const growth = readGrowth(packed)!;
          grow(base, growth.risen);
        } catch (error) {
          expect(error).toMatchObject({ name: 'Refusal', reason: 'sketch-malformed' });
        }
      }),
    );
  });
});
