import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DAY_MS, isoSeconds } from '../clock/day.js';
import { CLOCK, LEGACY_REPORT_STORE } from '../http/tokens.js';
import type { LegacyReportStore } from '../storage/legacy-report-store.js';

/** The earlier system left an instance out of its sum after two days of silence. */
const FRESH_MS = 2 * DAY_MS;

/** A plain count that an instance of the earlier system sent: nobody can verify or de-duplicate it. */
export interface UnverifiedInstance {
  instance: string;
  count: number;
  receivedAt: string;
  /** Silent for two days: shown, but in no sum. */
  stale: boolean;
}

/** What instances of the earlier system say of themselves, as far as an administrator listed them. */
@Injectable()
export class UnverifiedCounts {
  constructor(
    @Inject(LEGACY_REPORT_STORE) private readonly reports: LegacyReportStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ordered by instance. */
  async listed(): Promise<UnverifiedInstance[]> {
    const oldestMs = this.clock.nowMs() - FRESH_MS;
    const reports = await this.reports.list();
    return reports
      .filter(({ listed }) => listed)
      .map(({ instanceId, count, receivedAtMs }) => ({
        instance: instanceId,
        count,
        receivedAt: isoSeconds(receivedAtMs),
        stale: receivedAtMs < oldestMs,
      }));
  }

  /** Of the fresh ones. 0 when there are none. */
  async sum(): Promise<number> {
    const fresh = (await this.listed()).filter(({ stale }) => !stale);
    return fresh.reduce((sum, { count }) => sum + count, 0);
  }
}
