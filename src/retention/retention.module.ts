import { Inject, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Clock } from '../clock/clock.js';
import { addDays, DAY_MS, dayOf, HOUR_MS, hourOf } from '../clock/day.js';
import { CLOCK, COUNT_STORE, RECORDS } from '../http/tokens.js';
import type { CountStore } from '../storage/count-store.js';
import type { Records } from '../storage/records.js';

const DAY_SKETCHES_DAYS = 400;
const HOURS_MS = 48 * HOUR_MS;
/** One more than totals and acceptance look back. */
const LEDGER_DAYS = 64;
/** Long enough that an instance which was away need not be listed again. */
const LEGACY_REPORTS_MS = 30 * DAY_MS;

/** Forgets what has been kept long enough, once an hour. docs/PRIVACY.md lists what is kept for how long. */
@Injectable()
class Retention implements OnApplicationBootstrap {
  private readonly log = new Logger('retention');

  constructor(
    @Inject(COUNT_STORE) private readonly counts: CountStore,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.forget();
  }

  @Interval(HOUR_MS)
  async forget(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const today = dayOf(nowMs);
    try {
      await this.counts.prune(addDays(today, -DAY_SKETCHES_DAYS), hourOf(nowMs - HOURS_MS));
      await this.records.ledger.prune(addDays(today, -LEDGER_DAYS));
      await this.records.legacyReports.prune(nowMs - LEGACY_REPORTS_MS);
    } catch (error) {
      this.log.error(`what is old could not be forgotten: ${(error as Error).message}`);
    }
  }
}

@Module({ providers: [Retention] })
export class RetentionModule {}
