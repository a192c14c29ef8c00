import { HonestDay, habitsOf, peopleOfDays, type SiteHabits } from './honest-site.js';
import { dayNumber, JudgedOrigin } from './judged-origin.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** What became of honest reports. */
export interface HonestOutcome {
  reports: number;
  /** Reports held, by rule. */
  held: Map<string, number>;
  /** Sites of which at least one report was held, by rule. */
  sites: Map<string, number>;
}

const DAYS = 60;
const IMPORTED_DAYS = 30;
/** Of so many sites one day is reported every 15 minutes; of the other days one report or none before the last. */
const WATCHED = 0.25;

/** Lets one honest site report, and a person release at the end of each day what was held. */
export async function honestSite(rank: number, random: SeededNumbers): Promise<HonestOutcome> {
  const run = new HonestRun(await JudgedOrigin.create(), habitsOf(rank, random), random);
  await run.live();
  return run.outcome;
}

class HonestRun {
  readonly outcome: HonestOutcome = { reports: 0, held: new Map(), sites: new Map() };

  constructor(
    private readonly origin: JudgedOrigin,
    private readonly habits: SiteHabits,
    private readonly random: SeededNumbers,
  ) {}

  async live(): Promise<void> {
    const { random } = this;
    const people = peopleOfDays(DAYS, this.habits, random);
    const imports = random.uniform() < 0.05 ? IMPORTED_DAYS : 0;
    const watched = random.uniform() < WATCHED ? Math.floor(random.between(imports, DAYS)) : null;
    const offFrom = Math.floor(random.between(imports, DAYS));
    for (let index = 0; index < DAYS; index++) {
      const day = new HonestDay(people[index]!, this.habits, random);
      const quarters = index === watched ? 1 : Math.floor(random.between(48, 240));
      if (index < imports) await this.importDay(day, index, imports);
      else await this.reportDay(day, index, quarters, index === offFrom);
    }
  }

  /** A log of the time before the node: each day is reported once, when it is imported. */
  private async importDay(day: HonestDay, index: number, today: number): Promise<void> {
    day.pass(96);
    const issuedHours = (today - index) * 24 + 1;
    await this.say(day, index, { issuedHours, closed: true, backfill: issuedHours > 72 });
    await this.origin.release(dayNumber(index));
  }

  /** The open day, and then the day that is over; a node that was off in between closes it when it is back. */
  private async reportDay(day: HonestDay, index: number, quarters: number, goesOff: boolean): Promise<void> {
    const offAfter = goesOff ? this.random.between(0, 24) : 24;
    while (!day.isOver) {
      const someoneCame = day.pass(quarters);
      if (!day.isOver && someoneCame && day.hours <= offAfter)
        await this.say(day, index, { issuedHours: day.hours, closed: false });
    }
    const offHours = goesOff ? 2 * Math.exp(1.5 * this.random.normal()) : 0;
    await this.say(day, index, { issuedHours: Math.max(24, offAfter + offHours) + 0.25, closed: true });
    await this.origin.release(dayNumber(index));
  }

  private async say(
    day: HonestDay,
    index: number,
    when: { issuedHours: number; closed: boolean; backfill?: boolean },
  ): Promise<void> {
    const sketches = when.closed ? [day.current.clone(), day.next.clone()] : [day.current.clone()];
    const rule = await this.origin.say({ day: dayNumber(index), hits: day.hits, sketches, ...when });
    const { outcome } = this;
    outcome.reports += 1;
    if (rule === null) return;
    outcome.held.set(rule, (outcome.held.get(rule) ?? 0) + 1);
    outcome.sites.set(rule, 1);
  }
}

export function addedUp(outcomes: readonly HonestOutcome[]): HonestOutcome {
  const sum: HonestOutcome = { reports: 0, held: new Map(), sites: new Map() };
  for (const outcome of outcomes) {
    sum.reports += outcome.reports;
    for (const which of ['held', 'sites'] as const)
      for (const [rule, count] of outcome[which]) sum[which].set(rule, (sum[which].get(rule) ?? 0) + count);
  }
  return sum;
}
