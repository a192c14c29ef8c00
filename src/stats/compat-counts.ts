import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { addDays, type Day, dayOf } from '../clock/day.js';
import type { CounterQuestion, CountsReader } from '../compat/counts-reader.js';
import type { Config, WindowName } from '../config/config.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { CountsService } from './counts.service.js';
import { LocalWindows, zeroFilled } from './local-windows.js';
import { TOTALS_READER, type TotalsReader } from './totals-reader.js';

/** The plain numbers that the routes of the earlier systems show. */
@Injectable()
export class CompatCounts implements CountsReader {
  constructor(
    private readonly counts: CountsService,
    private readonly local: LocalWindows,
    @Inject(TOTALS_READER) private readonly totals: TotalsReader,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async localUniques(window: WindowName): Promise<number> {
    return (await this.counts.counts('local', window)).uniques.estimate ?? 0;
  }

  async counterUniques({ window, scope }: CounterQuestion): Promise<number> {
    const isGlobal = this.totals.isFederated && scope !== 'local';
    if (!isGlobal) return this.localUniques(window ?? 'all');
    const { uniques } = await this.counts.counts('global', window ?? this.config.counterWindow);
    return uniques.estimate ?? uniques.low;
  }

  async dailyUniques(days: number): Promise<{ day: Day; uniques: number }[]> {
    const to = dayOf(this.clock.nowMs());
    const from = addDays(to, 1 - days);
    return zeroFilled(await this.local.history(from, to), from, to);
  }
}
