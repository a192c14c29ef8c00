import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { encodeHyll } from '../../sketch/hyll.js';
import { Sketch } from '../../sketch/sketch.js';
import { asStored, deflateStored, readStored } from './sketch-columns.js';

/** Canonical HYLL bytes of so many registers of rank one, no two of them neighbours. */
function bytesOf(registers: number): Uint8Array {
  const sketch = new Sketch();
  for (let at = 0; at < registers; at++) sketch.registers[2 * at] = 1;
  return encodeHyll(sketch);
}

describe('a sketch on the disk', () => {
  it.each([0, 1, 200, 1014, 1015, 1016, 1017, 4000, 8000])(
    'of %i registers is read as it was written',
    (registers) => {
      const bytes = bytesOf(registers);
      expect(asStored.from(asStored.to(bytes))).toEqual(bytes);
    },
  );

  it('is deflated from 2 kB on', () => {
    const [short, long] = [bytesOf(1000), bytesOf(1100)];
    expect(asStored.to(short)).toEqual(Buffer.from(short));
    expect((asStored.to(long) as Buffer).length).toBeLessThan(long.length / 2);
  });

  it('is read as an older version wrote it, and goes back to that', () => {
    const short = bytesOf(200);
    const deflated = deflateRawSync(short);
    expect(new Uint8Array(readStored(deflated))).toEqual(short);
    expect(deflateStored(deflated)).toBe(deflated);
    expect(new Uint8Array(readStored(deflateStored(short)))).toEqual(short);
    expect(deflateStored(short)[0]).not.toBe(short[0]);
  });

  it('is refused when it is neither', () => {
    expect(() => readStored(Buffer.from('neither'))).toThrow();
    expect(() => readStored(deflateRawSync(Buffer.alloc(70_000)))).toThrow('larger than 65536 bytes');
  });
});
