import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { addDays, type Day, dayOf, isoSeconds } from '../clock/day.js';
import type { WindowName } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK } from '../http/tokens.js';
import { interval95 } from '../sketch/interval.js';
import type { Counts, History, HistoryDay, Scope } from './counts.js';
import { type LocalDay, type LocalWindow, LocalWindows, zeroFilled } from './local-windows.js';
import {
  type GlobalInstance,
  type GlobalTotal,
  type GlobalWindow,
  TOTALS_READER,
  type TotalsReader,
} from './totals-reader.js';
import { UnverifiedCounts, type UnverifiedInstance } from './unverified-counts.js';

const RETRY_S = 30;
const ALONE = { fresh: 1, stale: 0, held: 0, probation: 0 };

@Injectable()
export class CountsService {
  constructor(
    private readonly local: LocalWindows,
    private readonly unverified: UnverifiedCounts,
    @Inject(TOTALS_READER) private readonly totals: TotalsReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws ProblemError: `not-found` for an instance nobody listed, `no-total` before the first exchange. */
  async counts(scope: Scope, window: WindowName): Promise<Counts> {
    if (scope === 'local') return this.localCounts(scope, window);
    if (scope === 'global' && !this.totals.isFederated) {
      return this.withUnverified(await this.localCounts(scope, window));
    }
    const total = this.latestTotal();
    if (scope === 'global')
      return this.withUnverified(globalCounts(total.windows[window], window, total.asOf));
    return instanceCounts(instanceIn(total, scope), total, scope, window);
  }

  async history(scope: Scope, length: number): Promise<History> {
    const to = dayOf(this.clock.nowMs());
    const from = addDays(to, 1 - length);
    if (scope === 'global' && this.totals.isFederated) {
      const total = this.latestTotal();
      return { scope, days: globalHistory(total, from, to), asOf: total.asOf };
    }
    const days = zeroFilled(await this.local.history(from, to), from, to);
    return { scope, days: days.map(localDay), asOf: this.now() };
  }

  /** Instances of the earlier system that an administrator listed. */
  unverifiedInstances(): Promise<UnverifiedInstance[]> {
    return this.unverified.listed();
  }

  /** The rows of the newest total; null where this node knows of no other instance. */
  instances(): { instances: readonly GlobalInstance[]; asOf: string } | null {
    if (!this.totals.isFederated) return null;
    const total = this.latestTotal();
    return { instances: total.instances, asOf: total.asOf };
  }

  /** Plain counts of the earlier system raise the sum, and never the people. */
  private async withUnverified(counts: Counts): Promise<Counts> {
    const unverified = await this.unverified.sum();
    return { ...counts, sum: counts.sum + unverified, unverified };
  }

  private latestTotal(): GlobalTotal {
    const total = this.totals.latest();
    if (total) return total;
    throw new ProblemError(
      'no-total',
      'No total has been exchanged yet. It comes with the first exchange of reports.',
      {
        retryAfterS: RETRY_S,
      },
    );
  }

  private async localCounts(scope: Scope, name: WindowName): Promise<Counts> {
    const today = dayOf(this.clock.nowMs());
    const window = name === 'all' ? await this.local.allTime(today) : await this.local.window(name, today);
    const { estimate, low, high, dedup } = window;
    return {
      scope,
      window: windowOf(name, window),
      uniques: { estimate, low, high, dedup },
      sum: estimate,
      unverified: 0,
      hits: window.hits,
      visitorDays: window.visitorDays,
      overlap: null,
      instances: ALONE,
      coverage: 1,
      asOf: this.now(),
    };
  }

  private now(): string {
    return isoSeconds(this.clock.nowMs());
  }
}

function windowOf(name: WindowName, window: Pick<LocalWindow, 'from' | 'to'>): Counts['window'] {
  return { name, from: window.from, to: window.to, partial: name === '1d' };
}

function globalCounts(window: GlobalWindow, name: WindowName, asOf: string): Counts {
  const { from, to, ...figures } = window;
  return { scope: 'global', window: windowOf(name, { from, to }), ...figures, unverified: 0, asOf };
}

function instanceIn(total: GlobalTotal, scope: Scope): GlobalInstance {
  const node = scope.slice('instance:'.length);
  const found = total.instances.find((instance) => instance.node === node && instance.listed);
  if (!found)
    throw new ProblemError('not-found', 'No instance of that id is shown here.', { field: 'scope' });
  return found;
}

function instanceCounts(
  instance: GlobalInstance,
  total: GlobalTotal,
  scope: Scope,
  name: WindowName,
): Counts {
  const { estimate, low, high } = instance.windows[name];
  const { from, to } = total.windows[name];
  return {
    scope,
    window: windowOf(name, { from, to }),
    uniques: { estimate, low, high, dedup: 'full' },
    sum: estimate,
    unverified: 0,
    hits: null,
    visitorDays: null,
    overlap: null,
    instances: {
      fresh: instance.stale ? 0 : 1,
      stale: instance.stale ? 1 : 0,
      held: 0,
      probation: instance.status === 'probation' ? 1 : 0,
    },
    coverage: 1,
    asOf: total.asOf,
  };
}

function globalHistory(total: GlobalTotal, from: Day, to: Day): HistoryDay[] {
  const known = new Map(total.history.map((entry) => [entry.day, entry]));
  const wanted = zeroFilled([], from, to);
  return wanted.map(({ day }) => {
    const entry = known.get(day);
    if (!entry) return { day, uniques: 0, low: 0, high: 0, hits: 0 };
    const { estimate, low, high } = entry.uniques;
    return { day, uniques: estimate, low, high, hits: entry.hits };
  });
}

function localDay({ day, uniques, hits }: LocalDay): HistoryDay {
  return { day, uniques, ...interval95(uniques), hits };
}
