import { describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../test/support/random-sketch.js';
import { estimateJoint, type JointEstimate } from './joint-estimate.js';
import { Sketch } from './sketch.js';

interface Sizes {
  onlyFirst: number;
  onlySecond: number;
  both: number;
}

function trials(count: number, { onlyFirst, onlySecond, both }: Sizes): JointEstimate[] {
  return Array.from({ length: count }, (_, seed) => {
    const ids = new RandomIds(seed);
    const [first, second] = [new Sketch(), new Sketch()];
    ids.add(onlyFirst, first);
    ids.add(onlySecond, second);
    ids.add(both, first, second);
    return estimateJoint(first, second);
  });
}

const rmse = (estimates: readonly JointEstimate[], truth: number) =>
  Math.sqrt(estimates.reduce((sum, { both }) => sum + (both - truth) ** 2, 0) / estimates.length);
const covered = (estimates: readonly JointEstimate[], truth: number) =>
  estimates.filter(({ low, high }) => low <= truth && truth <= high).length / estimates.length;

describe('the joint estimate of two sketches', () => {
  it('finds 10,000 shared of two times 100,000 within 8 % (root mean square), and says how sure it is', () => {
    const estimates = trials(40, { onlyFirst: 90_000, onlySecond: 90_000, both: 10_000 });
    expect(rmse(estimates, 10_000) / 10_000).toBeLessThan(0.08);
    expect(covered(estimates, 10_000)).toBeGreaterThanOrEqual(0.85);
    for (const { onlyFirst, onlySecond } of estimates) {
      expect(Math.abs(onlyFirst / 90_000 - 1)).toBeLessThan(0.05);
      expect(Math.abs(onlySecond / 90_000 - 1)).toBeLessThan(0.05);
    }
  });

  it.each<[string, Sizes]>([
    ['nobody is shared', { onlyFirst: 20_000, onlySecond: 20_000, both: 0 }],
    ['few of few are shared', { onlyFirst: 2000, onlySecond: 2000, both: 200 }],
    ['one is a part of the other', { onlyFirst: 0, onlySecond: 50_000, both: 4000 }],
    ['both are the same', { onlyFirst: 0, onlySecond: 0, both: 30_000 }],
    ['one is much larger', { onlyFirst: 200_000, onlySecond: 4000, both: 2000 }],
  ])('has the truth in its interval where %s', (_what, sizes) => {
    const estimates = trials(20, sizes);
    expect(covered(estimates, sizes.both)).toBeGreaterThanOrEqual(0.8);
    for (const { low, both, high } of estimates) {
      expect(low).toBeLessThanOrEqual(both);
      expect(both).toBeLessThanOrEqual(high);
    }
  });

  it('says that nothing is shown where the sketches have nobody in common', () => {
    const estimates = trials(20, { onlyFirst: 20_000, onlySecond: 20_000, both: 0 });
    expect(estimates.filter(({ low }) => low === 0).length).toBeGreaterThanOrEqual(18);
  });

  it('does not depend on the order of the two', () => {
    const ids = new RandomIds(1);
    const [first, second] = [new Sketch(), new Sketch()];
    ids.add(9000, first);
    ids.add(3000, second);
    ids.add(1000, first, second);
    const [one, other] = [estimateJoint(first, second), estimateJoint(second, first)];
    expect(one.both).toBeCloseTo(other.both, 3);
    expect(one.onlyFirst).toBeCloseTo(other.onlySecond, 3);
  });

  it.each([
    ['empty and empty', 0, 0],
    ['empty and full', 0, 5000],
    ['full and empty', 5000, 0],
  ])('shares nobody between %s', (_what, onlyFirst, onlySecond) => {
    const [estimate] = trials(1, { onlyFirst, onlySecond, both: 0 });
    expect(estimate).toMatchObject({ both: 0, low: 0 });
    expect(estimate!.high).toBeLessThan(5);
    expect(estimate!.onlyFirst).toBeCloseTo(onlyFirst, -3);
  });

  it('stays finite for registers that nobody counted', () => {
    const full = new Sketch(new Uint8Array(16_384).fill(51));
    for (const other of [full, new Sketch(), new Sketch(new Uint8Array(16_384).fill(1))]) {
      const estimate = estimateJoint(full, other);
      for (const value of Object.values(estimate)) expect(Number.isFinite(value)).toBe(true);
    }
  });
});
