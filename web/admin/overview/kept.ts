import { addDays } from '../../shared/days.js';
import { privacy } from './feeds.js';
import { DAYS_MAX, today } from './range.js';

/** The first day that the node still has people of. */
function firstKept(): string {
  return addDays(today(), 1 - (privacy.state.value.value?.keptDays ?? DAYS_MAX));
}

/** The part of a period whose days are still kept: a figure is of these only. Null where there are none. */
export function keptOf<Period extends { from: string; to: string }>(period: Period): Period | null {
  const first = firstKept();
  if (period.to < first) return null;
  return period.from < first ? { ...period, from: first } : period;
}
