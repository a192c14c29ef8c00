import type { Clock } from '../../clock/clock.js';
import { type Day, dayOf } from '../../clock/day.js';
import type { AuditLog } from '../../storage/audit-log.js';
import type { Ledger, LedgerReport } from '../../storage/ledger.js';
import type { Ruling } from '../../storage/ruling-store.js';
import { digestDays } from './ledger-view.js';
import type { Rulings } from './rulings.js';

/** Who decides, and the reason that goes into the audit log. */
export interface Decider {
  by: string;
  why: string;
}

export interface DecisionsOptions {
  ledger: Ledger;
  rulings: Rulings;
  audit: AuditLog;
  clock: Clock;
}

/** What persons decide about the figures of an origin. Each decision is in the audit log before it takes effect. */
export class Decisions {
  constructor(private readonly options: DecisionsOptions) {}

  /** Takes a day of an origin, or all of its days, out of every total, also those in the past. */
  async rule(
    { origin, day, verdict }: Pick<Ruling, 'origin' | 'day' | 'verdict'>,
    { by, why }: Decider,
  ): Promise<Ruling> {
    const ruling: Ruling = { origin, day, verdict, by, why, atMs: this.options.clock.nowMs() };
    await this.note(verdict, { origin, day }, { by, why });
    await this.options.rulings.put(ruling);
    return ruling;
  }

  /** Lets the days count again. False when there was no ruling about just these. */
  async lift(origin: string, day: Day | null, decider: Decider): Promise<boolean> {
    const standing = this.options.rulings.all().some((one) => one.origin === origin && one.day === day);
    if (!standing) return false;
    await this.note('lift', { origin, day }, decider);
    return this.options.rulings.lift(origin, day);
  }

  /**
   * Counts the newest report of a day that a rule holds back, or of each such day; what it says is the measure for what
   * comes after it. Answers what counts now, oldest first: nothing when nothing was held.
   */
  async release(origin: string, day: Day | null, decider: Decider): Promise<LedgerReport[]> {
    const released: LedgerReport[] = [];
    for (const each of day === null ? await this.heldDays(origin) : [day]) {
      const report = await this.releaseDay(origin, each, decider);
      if (report) released.push(report);
    }
    return released;
  }

  private async heldDays(origin: string): Promise<Day[]> {
    const { ledger, clock } = this.options;
    const { from, to } = digestDays(dayOf(clock.nowMs()));
    const slots = await ledger.slotsOf(origin, from, to);
    return slots
      .filter(({ accepted, counted }) => accepted.reportId !== counted?.reportId)
      .map(({ accepted }) => accepted.day);
  }

  private async releaseDay(origin: string, day: Day, decider: Decider): Promise<LedgerReport | null> {
    const { ledger, clock } = this.options;
    const slot = await ledger.slot(origin, day);
    if (!slot || slot.accepted.reportId === slot.counted?.reportId) return null;
    const { accepted } = slot;
    await this.note('release', { origin, day, report: accepted.reportId }, decider);
    const held = await ledger.decision(origin, day, accepted.seq);
    await ledger.store(accepted, new Map(), {
      ...{ origin, day, seq: accepted.seq, rule: 'person', verdict: 'count' },
      ...{ by: decider.by, atMs: clock.nowMs() },
      evidence: { ...held?.evidence, released: accepted.report.uniques },
    });
    return accepted;
  }

  private async note(
    action: string,
    subject: Record<string, string | null>,
    { by, why }: Decider,
  ): Promise<void> {
    await this.options.audit.append({ atMs: this.options.clock.nowMs(), by, action, subject, why });
  }
}
