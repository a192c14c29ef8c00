import { Inject, Injectable } from '@nestjs/common';
import type { Day } from '../clock/day.js';
import { COUNT_STORE } from '../http/tokens.js';
import type { OwnCounts, OwnDay, OwnDayHits } from '../reporting/own-counts.js';
import type { CountStore } from '../storage/count-store.js';
import { LocalWindows } from './local-windows.js';

/** What the node's own reports say of its days. */
@Injectable()
export class ReportedCounts implements OwnCounts {
  constructor(
    private readonly local: LocalWindows,
    @Inject(COUNT_STORE) private readonly store: CountStore,
  ) {}

  async hits(from: Day, to: Day): Promise<OwnDayHits[]> {
    return (await this.store.days(from, to)).map(({ day, hits }) => ({ day, hits }));
  }

  async day(day: Day): Promise<OwnDay> {
    const sketches = await this.store.daySketches(day);
    const one = await this.local.days(day, 1);
    const week = await this.local.days(day, 7);
    const month = await this.local.days(day, 30);
    const all = await this.local.allTime(day);
    return {
      uniques: one.estimate,
      sketches,
      windows: { '7d': week.estimate, '30d': month.estimate, all: all.estimate },
    };
  }
}
