import { describe, expect, it } from '@jest/globals';
import { randomSketch } from '../../test/support/random-sketch.js';
import { expectedRanks, fitOf } from './register-law.js';
import { RANK_MAX, REGISTER_COUNT, Sketch } from './sketch.js';

const changed = (sketch: Sketch, change: (rank: number, register: number) => number) =>
  new Sketch(sketch.registers.map((rank, register) => Math.min(RANK_MAX, change(rank, register))));

describe('the law of the registers', () => {
  it('expects all registers somewhere, and the empty ones where linear counting has them', () => {
    for (const n of [0, 1, 100, 16_384, 1e6, 1e12, 2 ** 64]) {
      const expected = expectedRanks(n);
      expect(expected.reduce((sum, count) => sum + count, 0)).toBeCloseTo(REGISTER_COUNT, 6);
      expect(expected[0]).toBeCloseTo(REGISTER_COUNT * Math.exp(-n / REGISTER_COUNT), 6);
    }
  });

  it.each([50, 1000, 20_000, 300_000])('fits %d honest ids about as often as it says', (ids) => {
    const fits = Array.from({ length: 200 }, (_, seed) => fitOf(randomSketch(ids, seed)).probability);
    // A tenth below 0.1 is 20 of 200; five standard deviations more are 41.
    expect(fits.filter((probability) => probability < 0.1).length).toBeLessThan(41);
    expect(Math.min(...fits)).toBeGreaterThan(1e-6);
  });

  it.each<[string, (honest: Sketch) => Sketch]>([
    ['constant', (honest) => changed(honest, () => 5)],
    ['filled up to a rank', (honest) => changed(honest, (_rank, register) => (register % 7) + 1)],
    ['doubled', (honest) => changed(honest, (rank) => rank * 2)],
    [
      'raised by two, but for the empty ones',
      (honest) => changed(honest, (rank) => (rank === 0 ? 0 : rank + 2)),
    ],
    [
      'raised by two in every tenth place',
      (honest) => changed(honest, (rank, at) => (at % 10 === 0 ? rank + 2 : rank)),
    ],
    [
      'raised in every eighth place',
      (honest) => changed(honest, (rank, at) => (at % 8 === 0 ? rank + 4 : rank)),
    ],
    [
      'taken in one half from a larger sketch',
      (honest) => changed(honest, (rank, at) => (at < 8192 ? rank + 1 : rank)),
    ],
    ['forged to count nearly everyone', (honest) => changed(honest, (_rank, at) => (at < 16_000 ? 51 : 1))],
  ])('does not fit registers that are %s', (_what, forge) => {
    for (let seed = 0; seed < 20; seed++) {
      expect(fitOf(forge(randomSketch(50_000, seed))).probability).toBeLessThan(1e-7);
    }
  });

  it('can tell nothing of nobody and of a few', () => {
    expect(fitOf(new Sketch()).probability).toBe(1);
    expect(fitOf(randomSketch(5, 1)).probability).toBe(1);
  });
});
