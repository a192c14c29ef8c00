import { describe, expect, it } from '@jest/globals';
import { RandomIds, randomSketch } from '../../../../test/support/random-sketch.js';
import { Sketch } from '../../../sketch/sketch.js';
import { NearCopies } from './near-copies.js';

const THRESHOLDS = { nearCopy: 0.9, nearCopyPeople: 1000 };

/** Two sketches of so many people in both, and of so many only in one each. */
function pair(both: number, onlyFirst: number, onlySecond: number, seed: number): [Sketch, Sketch] {
  const [first, second] = [new Sketch(), new Sketch()];
  new RandomIds(3 * seed).add(both, first, second);
  new RandomIds(3 * seed + 1).add(onlyFirst, first);
  new RandomIds(3 * seed + 2).add(onlySecond, second);
  return [first, second];
}

function found(...sketches: readonly Sketch[]) {
  const copies = new NearCopies(THRESHOLDS);
  for (const [index, sketch] of sketches.entries()) copies.add(`node ${index}`, sketch);
  return copies.find();
}

describe('near copies', () => {
  it.each([
    [1200, 50],
    [20_000, 20],
    [200_000, 3],
  ])('of %d people are found, also with a few people of their own', (people, pairs) => {
    const copied = randomSketch(people);
    expect(found(copied, copied.clone())).toEqual([
      { name: 'near-copy', node: 'node 0', other: 'node 1', measured: 1, threshold: 0.9 },
    ]);
    let missed = 0;
    for (let seed = 10; seed < 10 + pairs; seed++) {
      const sketches = pair(people, people * 0.03, people * 0.02, seed);
      if (found(...sketches).length === 0) missed += 1;
    }
    expect(missed).toBe(0);
  });

  it.each([
    [1200, 20],
    [20_000, 10],
    [200_000, 2],
  ])('are not instances that honestly share most of %d people', (people, pairs) => {
    for (let seed = 10; seed < 10 + pairs; seed++)
      expect(found(...pair(people * 0.8, people * 0.1, people * 0.1, seed))).toEqual([]);
    // All of the smaller one's people use the larger one too.
    expect(found(...pair(people, 0, people / 2, 7))).toEqual([]);
  });

  it('are not small ones: of a few people most may well be the same', () => {
    const copied = randomSketch(900);
    expect(found(copied, copied.clone())).toEqual([]);
  });

  it('are found among hundreds of strangers of every size, and nobody else is', () => {
    const strangers = Array.from({ length: 200 }, (_, at) => randomSketch(1000 + at * 30, 1000 + at));
    const alerts = found(...strangers, strangers[100]!.clone());
    expect(alerts).toMatchObject([{ node: 'node 100', other: 'node 200' }]);
  });

  it('cost no more than their number where many copied one', () => {
    const copied = randomSketch(5000);
    const alerts = found(...Array.from({ length: 120 }, () => copied));
    expect(alerts.length).toBeLessThan(120 * 51);
    expect(new Set(alerts.flatMap(({ node, other }) => [node, other])).size).toBe(120);
  });
});
