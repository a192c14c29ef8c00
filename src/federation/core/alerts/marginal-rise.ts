import { addDays, type Day } from '../../../clock/day.js';
import type { InstanceRow, Total } from '../total-figures.js';
import type { Alert } from './alert.js';

/** By node id, what share of the 30 days' total would be lost without it. Shares too small to matter are left out. */
export type MarginalShares = Readonly<Record<string, number>>;

/** One for each of the last days on which there was a total. */
export type ShareHistory = Readonly<Record<Day, MarginalShares>>;

const RISE_DAYS = 28;
const NEWCOMER_DAYS = 7;
/** What is less is nothing: a thousand rows a day at most. */
const SHARE_MIN = 0.001;

export function marginalShares(
  rows: readonly Pick<InstanceRow, 'node' | 'windows'>[],
  { windows }: Pick<Total, 'windows'>,
): MarginalShares {
  const all = windows['30d'].uniques.estimate ?? 0;
  if (all === 0) return {};
  const shares = rows.map((row) => [row.node, (row.windows['30d'].marginal ?? 0) / all] as const);
  return Object.fromEntries(shares.filter(([, share]) => share >= SHARE_MIN));
}

export function withDay(history: ShareHistory, today: Day, shares: MarginalShares): ShareHistory {
  const first = addDays(today, -RISE_DAYS);
  const kept = Object.entries(history).filter(([day]) => day >= first && day < today);
  return { ...Object.fromEntries(kept), [today]: shares };
}

/**
 * Origins of whom the total has come to depend: each by itself within four weeks, since the rules that hold reports keep
 * a liar from rising faster; and together those whom it did not depend on at all a week ago. Nothing can be said before
 * there was a total to compare with.
 */
export function marginalRises(history: ShareHistory, today: Day, threshold: number): Alert[] {
  const now = history[today] ?? {};
  const days = Object.keys(history)
    .filter((day) => day < today && day >= addDays(today, -RISE_DAYS))
    .sort();
  if (days.length === 0) return [];
  const aWeekAgo = days.find((day) => day >= addDays(today, -NEWCOMER_DAYS));
  const before = (node: string) => Math.min(...days.map((day) => history[day]![node] ?? 0));
  const alerts: Alert[] = [];
  let newcomers = 0;
  for (const [node, share] of Object.entries(now)) {
    const measured = share - before(node);
    if (aWeekAgo && history[aWeekAgo]![node] === undefined) newcomers += share;
    if (measured >= threshold) alerts.push({ name: 'marginal-rise', node, other: null, measured, threshold });
  }
  if (newcomers >= threshold)
    alerts.push({ name: 'newcomers-rise', node: null, other: null, measured: newcomers, threshold });
  return alerts;
}
