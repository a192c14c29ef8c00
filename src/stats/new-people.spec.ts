import { describe, expect, it } from '@jest/globals';
import { Sketch } from '../sketch/sketch.js';
import { newPeople } from './new-people.js';

/** A sketch of numbered people whose ids depend on the seed. */
function sketchOf(from: number, to: number, seed: number): Sketch {
  const sketch = new Sketch();
  const id = Buffer.alloc(16);
  for (let person = from; person < to; person++) {
    id.writeUInt32LE(person, 0);
    id.writeUInt32LE(seed, 4);
    sketch.add(id);
  }
  return sketch;
}

describe('newPeople', () => {
  it('is nobody on a day without visits, and everybody on the first', () => {
    expect(newPeople(sketchOf(0, 100, 1), new Sketch())).toEqual({ estimate: 0, low: 0, high: 0 });
    expect(newPeople(new Sketch(), sketchOf(0, 100, 1))).toMatchObject({ estimate: 100 });
  });

  it.each([
    ['few among many', 8_000, 100, 400],
    ['about half', 1_000, 500, 500],
  ])('covers the truth nearly always: %s', (_name, before, fresh, returning) => {
    const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
    const covered = seeds.filter((seed) => {
      const { low, high } = newPeople(
        sketchOf(0, before, seed),
        sketchOf(before - returning, before + fresh, seed),
      );
      return low <= fresh && fresh <= high;
    });
    expect(covered.length / seeds.length).toBeGreaterThanOrEqual(0.84);
  });
});
