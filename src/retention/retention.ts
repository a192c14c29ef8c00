import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Clock } from '../clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf, HOUR_MS, hourOf } from '../clock/day.js';
import { CLOCK, COUNT_STORE, RECORDS } from '../http/tokens.js';
import type { CountStore } from '../storage/count-store.js';
import type { Records } from '../storage/records.js';

export const KEPT_DAYS_MAX = 400;
/** What a restored node takes back, and what totals look at. */
export const KEPT_DAYS_MIN = 62;
const SETTING = 'kept-days';
const HOURS_MS = 48 * HOUR_MS;
/** One more than totals and acceptance look back. */
const LEDGER_DAYS = 64;
/** Long enough that an instance which was away need not be listed again. */
const LEGACY_REPORTS_MS = 30 * DAY_MS;

/** What would be forgotten of the node's own days. */
export interface Forgetting {
  /** The first day that is kept. */
  firstKept: Day;
  days: number;
  hits: number;
  from: Day | null;
  to: Day | null;
}

/** Forgets what has been kept long enough, once an hour. docs/PRIVACY.md lists what is kept for how long. */
@Injectable()
export class Retention implements OnApplicationBootstrap {
  private readonly log = new Logger('retention');

  constructor(
    @Inject(COUNT_STORE) private readonly counts: CountStore,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.forgetOrSay();
  }

  @Interval(HOUR_MS)
  async forgetOrSay(): Promise<void> {
    try {
      await this.forget();
    } catch (error) {
      this.log.error(`what is old could not be forgotten: ${(error as Error).message}`);
    }
  }

  /** How many days an administrator wants kept. */
  async keptDays(): Promise<number> {
    const stored = await this.records.settings.get(SETTING);
    return typeof stored === 'number' ? stored : KEPT_DAYS_MAX;
  }

  /** What a number of days would forget, of what there is now. */
  async preview(keptDays: number): Promise<Forgetting> {
    const firstKept = this.firstKept(keptDays);
    const old = await this.counts.days(this.firstKept(KEPT_DAYS_MAX + 1), addDays(firstKept, -1));
    const hits = old.reduce((sum, day) => sum + day.hits, 0);
    const [first, last] = [old[0]?.day ?? null, old.at(-1)?.day ?? null];
    return { firstKept, days: old.length, hits, from: first, to: last };
  }

  /** Keeps so many days from now on, and forgets the rest at once. Answers what was forgotten. */
  async keep(keptDays: number): Promise<Forgetting> {
    const forgotten = await this.preview(keptDays);
    await this.records.settings.put(SETTING, keptDays);
    await this.forget();
    return forgotten;
  }

  private async forget(): Promise<void> {
    const nowMs = this.clock.nowMs();
    await this.counts.prune(this.firstKept(await this.keptDays()), hourOf(nowMs - HOURS_MS));
    await this.records.ledger.prune(addDays(dayOf(nowMs), -LEDGER_DAYS));
    await this.records.legacyReports.prune(nowMs - LEGACY_REPORTS_MS);
  }

  private firstKept(keptDays: number): Day {
    return addDays(dayOf(this.clock.nowMs()), -keptDays);
  }
}
