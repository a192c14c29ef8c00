import { Sketch } from '../../src/sketch/sketch.js';

// A global costs a look-up of its own wherever Jest runs a test, and this runs ten million times.
const { clz32 } = Math;

/** Registers and ranks of random ids (xorshift32), the same in every run: ten times as fast as hashing ids. */
export class RandomIds {
  private state: number;

  constructor(seed: number) {
    this.state = 0x9e3779b9 ^ (seed + 1);
  }

  add(count: number, ...sketches: readonly Sketch[]): void {
    const registersOf = sketches.map(({ registers }) => registers);
    for (let id = 0; id < count; id++) {
      const register = this.next() >>> 18;
      const bits = this.next();
      const rank = 32 - clz32(bits & -bits);
      for (const registers of registersOf) if (registers[register]! < rank) registers[register] = rank;
    }
  }

  private next(): number {
    let bits = this.state;
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    this.state = bits;
    return bits;
  }
}

/** A sketch of so many random ids. */
export function randomSketch(ids: number, seed = 1): Sketch {
  const sketch = new Sketch();
  new RandomIds(seed).add(ids, sketch);
  return sketch;
}
