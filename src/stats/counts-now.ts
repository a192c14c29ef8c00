import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { isoSeconds } from '../clock/day.js';
import type { Config, WindowName } from '../config/config.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { interval95 } from '../sketch/interval.js';
import { LiveVisitors } from '../tracking/live-visitors.js';
import type { LiveNow, Now, ScopeNow } from './counts.js';
import { CountsService } from './counts.service.js';
import { type GlobalTotal, TOTALS_READER, type TotalsReader } from './totals-reader.js';

const WINDOWS = ['1d', '7d', '30d', 'all'] as const satisfies WindowName[];

/** Every window of both scopes in one small answer. */
@Injectable()
export class CountsNow {
  constructor(
    private readonly counts: CountsService,
    @Inject(TOTALS_READER) private readonly totals: TotalsReader,
    @Inject(CONFIG) private readonly config: Pick<Config, 'name' | 'counting'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly visitors: LiveVisitors,
  ) {}

  async now(): Promise<Now> {
    const local = await this.local();
    const federated = this.totals.isFederated;
    const total = federated ? this.totals.latest() : null;
    return {
      name: this.config.name,
      federated,
      global: federated ? total && globalNow(total) : local,
      local,
      live: this.config.counting ? this.live() : null,
      asOf: isoSeconds(this.clock.nowMs()),
    };
  }

  private live(): LiveNow {
    const nowMs = this.clock.nowMs();
    const people = (minutes: number) => {
      const estimate = this.visitors.people(minutes, nowMs);
      return { estimate, ...interval95(estimate) };
    };
    return { fiveMinutes: people(5), hour: people(60) };
  }

  private async local(): Promise<ScopeNow> {
    const counts = await Promise.all(WINDOWS.map((window) => this.counts.counts('local', window)));
    const [{ instances, coverage }] = counts as [(typeof counts)[number]];
    const windows = byWindow((_, index) => counts[index]!.uniques);
    return { windows, instances, coverage, asOf: null };
  }
}

function globalNow(total: GlobalTotal): ScopeNow {
  const { instances, coverage } = total.windows['30d'];
  return {
    windows: byWindow((name) => total.windows[name].uniques),
    instances,
    coverage,
    asOf: total.asOf,
  };
}

function byWindow<T>(value: (name: WindowName, index: number) => T): Record<WindowName, T> {
  const entries = WINDOWS.map((name, index) => [name, value(name, index)]);
  return Object.fromEntries(entries) as Record<WindowName, T>;
}
