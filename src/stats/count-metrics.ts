import { Inject, Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import type { Clock } from '../clock/clock.js';
import { dayOf } from '../clock/day.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, COUNT_STORE } from '../http/tokens.js';
import type { CountStore } from '../storage/count-store.js';
import type { Counts } from './counts.js';
import { CountsService } from './counts.service.js';

const WINDOWS = ['1d', '7d', '30d', 'all'] as const;
const SCOPES = ['local', 'global'] as const;

/** The counts, for Prometheus. */
@Injectable()
export class CountMetrics {
  private readonly people: Record<'estimate' | 'low' | 'high', Gauge>;
  private readonly hits: Gauge;
  private readonly dropped: Gauge;

  constructor(
    registry: Registry,
    private readonly counts: CountsService,
    @Inject(COUNT_STORE) private readonly store: CountStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const registers = [registry];
    const people = (suffix: string, help: string, collect?: () => Promise<void>) =>
      new Gauge({
        ...{ name: `headcount_people${suffix}`, help, registers, labelNames: ['scope', 'window'] },
        ...(collect && { collect }),
      });
    this.people = {
      estimate: people('', 'Different people in a window', () => this.readPeople()),
      low: people('_low', 'Lower end of the 95 % interval'),
      high: people('_high', 'Upper end of the 95 % interval'),
    };
    this.hits = new Gauge({
      ...{ name: 'headcount_hits_today', help: 'Hits counted since midnight UTC', registers },
      collect: () => this.readToday(),
    });
    this.dropped = new Gauge({
      ...{
        name: 'headcount_dropped_hits_today',
        help: 'Hits left out since midnight UTC, by reason',
        registers,
      },
      labelNames: ['reason'],
    });
  }

  private async readPeople(): Promise<void> {
    for (const gauge of Object.values(this.people)) gauge.reset();
    for (const scope of SCOPES)
      for (const window of WINDOWS) {
        const counts = await this.read(scope, window);
        if (counts) this.set(counts.uniques, { scope, window });
      }
  }

  /** Null while there is no total yet. */
  private async read(scope: string, window: (typeof WINDOWS)[number]): Promise<Counts | null> {
    try {
      return await this.counts.counts(scope, window);
    } catch (error) {
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }

  private set({ estimate, low, high }: Counts['uniques'], labels: { scope: string; window: string }): void {
    if (estimate !== null) this.people.estimate.set(labels, estimate);
    this.people.low.set(labels, low);
    this.people.high.set(labels, high);
  }

  private async readToday(): Promise<void> {
    const today = dayOf(this.clock.nowMs());
    const [counted] = await this.store.days(today, today);
    this.hits.set(counted?.hits ?? 0);
    this.dropped.reset();
    for (const [reason, count] of Object.entries(counted?.dropped ?? {})) this.dropped.set({ reason }, count);
  }
}
