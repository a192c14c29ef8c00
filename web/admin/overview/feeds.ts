import type { PrivacyFacts } from '../../../src/settings/privacy-facts.js';
import type { History, Now } from '../../../src/stats/counts.js';
import type { NewPeopleView, PeriodView, TodayView } from '../../../src/stats/local-overview.js';
import type { Estimate } from '../../../src/stats/new-people.js';
import { feed } from '../feed.js';
import { newcomersDay, range, scope } from './range.js';

export interface OwnOverview extends TodayView {
  lastDay: Estimate;
  dropped: { day: string; reasons: Record<string, number> }[];
}

export const now = feed<Now>(() => '/v1/now');
export const own = feed<OwnOverview>(() => '/v1/analytics/overview');
export const history = feed<History>(() => `/v1/history?scope=${scope()}&days=400`);
export const newcomers = feed<NewPeopleView>(() => `/v1/analytics/new-visitors?day=${newcomersDay()}`);
export const period = feed<{ period: PeriodView; previous: PeriodView }>(() => {
  const { from, to } = range();
  return `/v1/analytics/period?from=${from}&to=${to}`;
});
/** Says how many days the node keeps. */
export const privacy = feed<PrivacyFacts>(() => '/v1/privacy');
