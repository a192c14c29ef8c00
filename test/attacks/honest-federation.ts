import { defaultAlertThresholds } from '../../src/federation/core/alerts/alert.js';
import { marginalRises, type ShareHistory, withDay } from '../../src/federation/core/alerts/marginal-rise.js';
import { habitsOf, peopleOfDays, type SiteHabits } from './honest-site.js';
import { dayNumber } from './judged-origin.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** What alerts said of honest sites alone. */
export interface FalseAlerts {
  federations: number;
  /** In how many of them an alert was raised at all, by name. */
  raised: Map<string, number>;
  /** On how many days of a federation one stood, by name. */
  days: Map<string, number>;
}

const WINDOW = 30;
const DAYS = 60;
/** People of a day who came before in the window, among those of a day without a spike. */
const REGULARS = 0.7;

/**
 * Lets the 10,000 sites make federations of so many each, of all sizes in each, for 60 days after the first window is
 * full. Nobody visits two of them, which makes each site's share as large as it can be.
 */
export function falseAlerts(sitesEach: number, sites: number, random: SeededNumbers): FalseAlerts {
  const federations = Math.floor(sites / sitesEach);
  const outcome: FalseAlerts = { federations, raised: new Map(), days: new Map() };
  for (let federation = 0; federation < federations; federation++) {
    const ranks = Array.from({ length: sitesEach }, (_, at) => federation + at * federations);
    const raised = new Map<string, number>();
    for (const names of alertsByDay(ranks, random))
      for (const name of names) {
        add(outcome.days, name);
        raised.set(name, 1);
      }
    for (const name of raised.keys()) add(outcome.raised, name);
  }
  return outcome;
}

function* alertsByDay(ranks: readonly number[], random: SeededNumbers): Generator<Set<string>> {
  const windows = ranks.map((rank) => {
    const habits = habitsOf(rank, random);
    return peopleOfWindows(peopleOfDays(WINDOW + DAYS, habits, random), habits);
  });
  let history: ShareHistory = {};
  for (let day = 0; day < DAYS; day++) {
    const today = windows.map((ofSite) => ofSite[day]!);
    const all = today.reduce((sum, people) => sum + people, 0);
    const shares = today.map((people, at) => [`site ${at}`, people / all] as const);
    history = withDay(history, dayNumber(day), Object.fromEntries(shares));
    const alerts = marginalRises(history, dayNumber(day), defaultAlertThresholds.marginalRise);
    yield new Set(alerts.map(({ name }) => name));
  }
}

/** Different people of the 30 days up to each day, from the first day on that has so many behind it. */
function peopleOfWindows(people: readonly number[], { size }: SiteHabits): number[] {
  return Array.from({ length: people.length - WINDOW }, (_, day) => {
    const days = people.slice(day + 1, day + 1 + WINDOW);
    const newcomers = days.reduce((sum, ofDay) => sum + Math.max(ofDay - REGULARS * size, 0.3 * ofDay), 0);
    return newcomers + Math.min(REGULARS * size, Math.max(...days));
  });
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
