import type { Clock } from '../../clock/clock.js';
import { type AcceptedReport, acceptReport, compareToNewest } from '../../protocol/acceptance.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import type { Ledger, LedgerReport } from '../../storage/ledger.js';
import { deliveredSketches } from './delivered-sketches.js';
import { decide } from './judgement/decide.js';
import type { Thresholds } from './judgement/thresholds.js';
import { KeyedTurns } from './keyed-turns.js';
import type { Membership } from './membership.js';
import type { Push, PushOutcome } from './messages.js';
import type { Policy } from './policy.js';

export interface IntakeOptions {
  ledger: Ledger;
  membership: Membership;
  clock: Clock;
  policy: Policy;
  thresholds: Thresholds;
  /** Null while this node is in no federation. */
  federation(): string | null;
  /** A report now stands in the ledger. */
  stored(report: LedgerReport): void;
  /** Envelopes of two reports of one origin, day and seq. */
  contradicted(first: string, second: string): Promise<void>;
  /** Every refusal is counted, and leaves no other trace. */
  countRefusal(reason: RefusalReason): void;
}

interface Delivery {
  envelope: string;
  /** Sketches by digest, packed, in base64. */
  packed: ReadonlyMap<string, string>;
  caller: string | null;
}

/**
 * Others' days come in: each envelope is accepted or refused on its own, judged, and kept. Two deliveries of one
 * origin wait for each other, so that sequence numbers are compared with what is stored.
 */
export class Intake {
  private readonly turns = new KeyedTurns();

  constructor(private readonly options: IntakeOptions) {}

  /**
   * One outcome for each envelope, in order. Rejects with StoreUnavailableError; what was kept before stays kept.
   *
   * @param caller Who brings them; null when this node has fetched them itself.
   */
  async receive(push: Push, caller: string | null): Promise<PushOutcome[]> {
    const packed = new Map(Object.entries(push.sketches));
    const outcomes: PushOutcome[] = [];
    for (const envelope of push.reports) outcomes.push(await this.receiveOne({ envelope, packed, caller }));
    return outcomes;
  }

  private async receiveOne(delivery: Delivery): Promise<PushOutcome> {
    try {
      const accepted = this.accept(delivery.envelope);
      return await this.turns.take(accepted.report.origin, () => this.keep(accepted, delivery));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.countRefusal(error.reason);
      return { outcome: 'refused', reason: error.reason };
    }
  }

  private accept(envelope: string): AcceptedReport {
    const { membership, clock } = this.options;
    const federation = this.options.federation();
    if (federation === null) throw new Refusal('no-federation');
    const accepted = acceptReport(envelope, {
      federation,
      keyOf: (keyId) => membership.keyOf(keyId),
      nowMs: clock.nowMs(),
    });
    membership.refuseStrangers(accepted.report.origin);
    return accepted;
  }

  private async keep(
    { report, reportId }: AcceptedReport,
    { envelope, packed, caller }: Delivery,
  ): Promise<PushOutcome> {
    const { ledger, clock, policy } = this.options;
    const slot = await ledger.slot(report.origin, report.day);
    const standing = slot?.accepted ?? null;
    const receivedAtMs = clock.nowMs();
    const arriving = { seq: report.seq, reportId };
    const comparison = await this.compare(arriving, standing, envelope);
    if (typeof comparison !== 'string') return comparison;
    if (comparison === 'same') return { outcome: 'unchanged', id: reportId };
    // A limit on who calls, not on the report: what one node took, every node it relays to takes.
    if (caller === report.origin && standing && isTooSoon(report.issuedAt, receivedAtMs, standing, policy))
      return this.refusedFor('too-soon', standing);
    const sketches = await deliveredSketches(report, packed, slot, ledger);
    const stored: LedgerReport = {
      origin: report.origin,
      day: report.day,
      ...arriving,
      envelope,
      report,
      receivedAtMs,
    };
    const judged = { report: stored, counted: slot?.counted ?? null, delivered: sketches };
    const decision = await decide(judged, ledger, this.options.thresholds);
    await ledger.store(stored, sketches, decision);
    this.options.stored(stored);
    const id = reportId;
    const replaced = standing?.reportId ?? null;
    if (decision.verdict === 'count') return { outcome: 'accepted', id, replaced };
    return { outcome: 'held', id, replaced, rule: decision.rule };
  }

  private async compare(
    arriving: { seq: number; reportId: string },
    standing: LedgerReport | null,
    envelope: string,
  ): Promise<'new' | 'same' | PushOutcome> {
    try {
      return compareToNewest(arriving, standing);
    } catch (error) {
      if (!(error instanceof Refusal) || !standing) throw error;
      if (error.reason === 'equivocation') await this.options.contradicted(standing.envelope, envelope);
      return this.refusedFor(error.reason, standing);
    }
  }

  /** It is told what is newest here, so that an origin that was restored, or has a copy, can find out what was said. */
  private refusedFor(reason: RefusalReason, { seq, reportId }: LedgerReport): PushOutcome {
    this.options.countRefusal(reason);
    return { outcome: 'refused', reason, newest: { seq, id: reportId } };
  }
}

/**
 * By our own clock, so that what is refused now is taken later as it is: its origin need not issue it again. One that
 * was issued late enough may have been held up less on its way than the one before.
 */
function isTooSoon(
  issuedAt: string,
  receivedAtMs: number,
  standing: LedgerReport,
  { reportGapMs }: Policy,
): boolean {
  const issuedApartMs = Date.parse(issuedAt) - Date.parse(standing.report.issuedAt);
  const gapMs = issuedApartMs < reportGapMs ? reportGapMs : reportGapMs / 2;
  // A clock that was put back since then says nothing.
  return Math.abs(receivedAtMs - standing.receivedAtMs) < gapMs;
}
