import { Sketch } from '../../src/sketch/sketch.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** People a day of the largest of the honest sites; they follow Zipf's law. */
const LARGEST = 1_000_000;
/** Shares of a day's people by quarter of an hour: a quiet night and a busy evening. */
const QUARTERS = 96;
const PROFILE = Array.from({ length: QUARTERS }, (_, quarter) => {
  return 1 + 0.8 * Math.sin(((quarter - 40) / QUARTERS) * 2 * Math.PI);
});
const PROFILE_SUM = PROFILE.reduce((sum, share) => sum + share, 0);

/** How a site's people come, day after day. */
export interface SiteHabits {
  /** People a day, to begin with. */
  size: number;
  /** Growth of a day, such as 0.01. */
  growth: number;
  /** What a Saturday or Sunday has of another day. */
  weekend: number;
  /** Hits beyond the first, a person. 0: everyone loads one page. */
  moreHits: number;
  /** How much of a spike a day inherits from the one before. */
  calm: number;
}

/** @param rank 0 for the largest. */
export function habitsOf(rank: number, random: SeededNumbers): SiteHabits {
  return {
    size: LARGEST / (rank + 1),
    growth: 0.003 + 0.01 * random.normal(),
    weekend: random.between(0.4, 1.5),
    moreHits: random.uniform() < 0.2 ? 0 : random.between(0, 8),
    calm: random.between(0.2, 0.7),
  };
}

/** How many people come on each of so many days: growth, weekends, noise, and one day in sixty goes viral. */
export function peopleOfDays(days: number, habits: SiteHabits, random: SeededNumbers): number[] {
  let spike = 1;
  return Array.from({ length: days }, (_, day) => {
    const isViral = random.uniform() < 1 / 60;
    spike = isViral ? Math.min(50, 1.5 * random.uniform() ** -0.8) : 1 + (spike - 1) * habits.calm;
    const weekend = day % 7 >= 5 ? habits.weekend : 1;
    const noise = Math.exp(0.15 * random.normal());
    return random.poisson(habits.size * (1 + habits.growth) ** day * weekend * noise * spike);
  });
}

/** A day as it goes on, under two keys as a node counts it. */
export class HonestDay {
  readonly current = new Sketch();
  readonly next = new Sketch();
  hits = 0;
  private quarter = 0;
  private arrived = 0;

  constructor(
    private readonly people: number,
    private readonly habits: SiteHabits,
    private readonly random: SeededNumbers,
  ) {}

  get isOver(): boolean {
    return this.quarter === QUARTERS;
  }

  /** Hours since midnight. */
  get hours(): number {
    return this.quarter / 4;
  }

  /** Lets quarters of an hour pass. Answers whether anybody came. */
  pass(quarters: number): boolean {
    let share = 0;
    for (let step = 0; step < quarters && !this.isOver; step++)
      share += PROFILE[this.quarter++]! / PROFILE_SUM;
    const due = this.isOver ? this.people - this.arrived : this.random.poisson(this.people * share);
    const came = Math.max(0, Math.min(due, this.people - this.arrived));
    this.arrived += came;
    this.random.people(came, this.current);
    this.random.people(came, this.next);
    this.hits += came + this.random.poisson(came * this.habits.moreHits);
    return came > 0;
  }
}
