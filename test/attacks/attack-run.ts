import { defaultThresholds, type Thresholds } from '../../src/federation/core/judgement/thresholds.js';
import { Sketch } from '../../src/sketch/sketch.js';
import type { Forgery } from './forgeries.js';
import { dayNumber, JudgedOrigin, type Said } from './judged-origin.js';
import type { SeededNumbers } from './seeded-numbers.js';

export interface AttackOutcome {
  trials: number;
  /** Reports held, by the rule that held them. */
  held: Map<string, number>;
  /** People claimed for each real one, in the mean. */
  claimed: number;
}

/** Whatever is claimed, it is no jump: what the other rules see by themselves. */
const NO_JUMP: Thresholds = { ...defaultThresholds, jumpFloor: Number.POSITIVE_INFINITY };
const TODAY = 10;

/** A site of so many people a day that forges the registers of a day. */
export async function forgedDays(
  { forge }: Pick<Forgery, 'forge'>,
  people: number,
  trials: number,
  random: SeededNumbers,
): Promise<AttackOutcome> {
  const outcome: AttackOutcome = { trials, held: new Map(), claimed: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const origin = await JudgedOrigin.create(NO_JUMP);
    const forged = forge(sketchOf(people, random), random);
    const uniques = Math.round(forged.estimate());
    note(outcome, await origin.say(saidOf(forged, { hits: uniques * 3 })));
    outcome.claimed += uniques / people / trials;
  }
  return outcome;
}

/** A lie in a report's figures or times, told after an honest report of the same day. */
export interface FalseClaim {
  name: string;
  claim(honest: Sketch, people: number, random: SeededNumbers): Said;
}

export const FALSE_CLAIMS: readonly FalseClaim[] = [
  {
    name: 'a tenth more than the sketch shows',
    claim: (honest, people) => saidOf(honest, { uniques: Math.round(people * 1.1) }),
  },
  {
    name: 'more people than hits, by a tenth',
    claim: (honest, people) => saidOf(honest, { hits: Math.round(people / 1.1) }),
  },
  {
    name: 'a hundred people taken back',
    claim: (_honest, people, random) => saidOf(sketchOf(people - 100, random)),
  },
  {
    name: 'a day raised by a tenth after three days',
    claim: (honest, people, random) => {
      const raised = honest.clone();
      random.people(people / 10, raised);
      return saidOf(raised, { issuedHours: 97, closed: true });
    },
  },
  {
    name: 'a sketch of others under the next key',
    claim: (honest, people, random) => ({
      ...saidOf(honest, { closed: true, issuedHours: 24.25 }),
      sketches: [honest, sketchOf(people * 1.2, random)],
    }),
  },
];

export async function falseClaims(
  { claim }: FalseClaim,
  people: number,
  trials: number,
  random: SeededNumbers,
): Promise<AttackOutcome> {
  const outcome: AttackOutcome = { trials, held: new Map(), claimed: 1 };
  for (let trial = 0; trial < trials; trial++) {
    const origin = await JudgedOrigin.create(NO_JUMP);
    const honest = sketchOf(people, random);
    await origin.say(saidOf(honest, { issuedHours: 12 }));
    note(outcome, await origin.say(claim(honest, people, random)));
  }
  return outcome;
}

export function sketchOf(people: number, random: SeededNumbers): Sketch {
  const sketch = new Sketch();
  random.people(people, sketch);
  return sketch;
}

function saidOf(sketch: Sketch, said: Partial<Said> = {}): Said {
  const hits = Math.round(sketch.estimate()) * 3;
  return { day: dayNumber(TODAY), hits, sketches: [sketch], closed: false, issuedHours: 23, ...said };
}

function note({ held }: AttackOutcome, rule: string | null): void {
  if (rule !== null) held.set(rule, (held.get(rule) ?? 0) + 1);
}
