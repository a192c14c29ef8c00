import { defaultAlertThresholds } from '../../src/federation/core/alerts/alert.js';
import { NearCopies } from '../../src/federation/core/alerts/near-copies.js';
import { Sketch } from '../../src/sketch/sketch.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** Two origins of whom some people visit both. */
export interface Pair {
  name: string;
  /** Of an origin's people, such as 0.05: how many the other has besides. */
  more: number;
  /** How many of the origin's people the other does not have. */
  fewer: number;
}

/** One took the other's sketches, and may have added people. */
export const COPIES: readonly Pair[] = [
  { name: 'as it is', more: 0, fewer: 0 },
  { name: 'with a twentieth of other people', more: 0.05, fewer: 0 },
  { name: 'with a fifth of other people', more: 0.2, fewer: 0 },
];

/** Sites of one publisher: of the people of both, so many are people of both. */
export const SHARING_SITES: readonly Pair[] = [
  { name: 'half', more: 1 / 3, fewer: 1 / 3 },
  { name: 'four fifths', more: 1 / 9, fewer: 1 / 9 },
  { name: '85 %', more: 3 / 37, fewer: 3 / 37 },
];

export interface PairOutcome {
  trials: number;
  /** Of how many pairs an alert told. */
  told: number;
  /** The union of both, of the one alone, in the mean. */
  union: number;
}

/** @param people Of 30 days, of the first of the two. */
export function pairsOf(
  { more, fewer }: Pair,
  people: number,
  trials: number,
  random: SeededNumbers,
): PairOutcome {
  const outcome: PairOutcome = { trials, told: 0, union: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const both = new Sketch();
    random.people(Math.round(people * (1 - fewer)), both);
    const [one, other] = [both.clone(), both.clone()];
    random.people(Math.round(people * fewer), one);
    random.people(Math.round(people * more), other);
    const copies = new NearCopies(defaultAlertThresholds);
    copies.add('one', one);
    copies.add('other', other);
    if (copies.find().length > 0) outcome.told += 1;
    const union = one.clone();
    union.merge(other);
    outcome.union += union.estimate() / one.estimate() / trials;
  }
  return outcome;
}
