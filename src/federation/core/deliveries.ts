import type { Day } from '../../clock/day.js';
import type { NodeCard } from '../../protocol/card.js';
import type { LedgerReport } from '../../storage/ledger.js';
import { GivenSketches } from './given-sketches.js';
import type { PushOutcome } from './messages.js';
import type { OwnReports } from './own-reports.js';
import type { PeerCalls } from './peer-calls.js';
import type { RelayedCards } from './relayed-cards.js';

/** The peer waits for a person before it takes anything of ours. */
const NOT_ADMITTED: ReadonlySet<string> = new Set(['pending', 'not-a-member']);
/** The peer takes no reports of some origin that we relay: it is not on its roster. */
const NOT_WANTED: ReadonlySet<string> = new Set([
  ...['pending', 'not-a-member', 'unknown-key'],
  ...['suspended', 'quarantined'],
]);

/** Of an origin's reports: of one that the peer did not want when it was last asked, one shows whether it does now. */
export type Offer = 'all' | 'one' | 'none';

type Refused = Extract<PushOutcome, { outcome: 'refused' }>;

export interface Given {
  /** False while the peer takes none of our own reports. */
  isAdmitted: boolean;
  /** What it said of a report of ours that it did not take. */
  refused: string | null;
  /** It holds, or held until now, a report of ours that we do not know. */
  hasLost: boolean;
}

/** What one peer has of our reports, as far as we know, and which origins it does not want to hear of. */
export class Deliveries {
  private readonly delivered = new Map<Day, string>();
  private readonly sketches = new GivenSketches();
  /** After a start nobody remembers what the peer has: comparing ledgers tells. */
  areUnknown = true;
  /** Origins that the peer did not want, with what stood there then. */
  private readonly unwanted = new Map<string, string>();
  private standing = '';

  constructor(
    private readonly self: string,
    private readonly own: OwnReports,
    private readonly calls: Pick<PeerCalls, 'push'>,
    private readonly url: string,
    private readonly cards: Pick<RelayedCards, 'of' | 'broughtWith'>,
  ) {}

  /** Those of our newest reports that the peer has not got. */
  due(newest: readonly LedgerReport[]): LedgerReport[] {
    return newest.filter(({ day, reportId }) => this.delivered.get(day) !== reportId);
  }

  /** Our newest reports as the peer was found to hold them. Other days are no longer reported. */
  settle(newest: readonly LedgerReport[]): void {
    this.areUnknown = false;
    this.delivered.clear();
    for (const { day, reportId } of newest) this.delivered.set(day, reportId);
  }

  /** Everything is given again. */
  forget(): void {
    this.areUnknown = false;
    this.delivered.clear();
  }

  /**
   * An origin that the peer did not want is offered again once its members have changed, and with the next day.
   *
   * @param members Digest of the peer's members; null from one that does not say.
   */
  hear(members: string | null, today: Day): void {
    this.standing = `${today} ${members}`;
  }

  offer(origin: string): Offer {
    if (!this.unwanted.has(origin)) return 'all';
    return this.isRefused(origin) ? 'none' : 'one';
  }

  /** The peer does not want it, as things stand there. */
  isRefused(origin: string): boolean {
    return this.unwanted.get(origin) === this.standing;
  }

  /** A report that is refused does not keep the others back: it is named, and sent again next time. */
  async give(card: NodeCard, reports: readonly LedgerReport[]): Promise<Given> {
    const given: Given = { isAdmitted: true, refused: null, hasLost: false };
    for (const { report, outcome } of await this.push(card, reports)) {
      const isOwn = report.origin === this.self;
      if (!isOwn) this.noteOther(report.origin, outcome);
      else if (outcome.outcome !== 'refused') {
        if (this.noteOwn(report, outcome)) given.hasLost = true;
      } else if (NOT_ADMITTED.has(outcome.reason)) given.isAdmitted = false;
      else {
        if (this.noteRefused(report, outcome)) given.hasLost = true;
        if (outcome.reason !== 'too-soon')
          given.refused ??= `our report of ${report.day} was refused: ${outcome.reason}`;
      }
    }
    return given;
  }

  private noteOther(origin: string, outcome: PushOutcome): void {
    // Sketches are looked at last.
    const isWanted = outcome.outcome !== 'refused' || outcome.reason === 'sketch-missing';
    if (isWanted) this.unwanted.delete(origin);
    else if (NOT_WANTED.has(outcome.reason)) this.unwanted.set(origin, this.standing);
  }

  /** Answers whether the peer holds a report of ours that we do not know. */
  private noteRefused({ day }: LedgerReport, { reason, newest }: Refused): boolean {
    if (!newest) return false;
    const named = { day, reportId: newest.id };
    return reason === 'too-soon' ? this.own.heedNamed(named) : this.own.heedNewer(named);
  }

  /**
   * A peer that does not hold what our sketches grew from, as it was restored meanwhile, gets them whole, and one that
   * does not know the key of another node's reports, that node's card.
   */
  private async push(card: NodeCard, reports: readonly LedgerReport[]) {
    const bare = this.unwanted;
    const pushed = await this.calls.push(this.url, card, reports, this.sketches, { bare });
    const lacking = pushed.filter(({ report, outcome }) => this.isLacking(report, outcome));
    if (lacking.length === 0) return pushed;
    const again = await this.calls.push(
      this.url,
      card,
      lacking.map(({ report }) => report),
      this.sketches,
      { bare, cardsOf: (batch) => this.cards.broughtWith(batch) },
    );
    return [...pushed.filter((one) => !lacking.includes(one)), ...again];
  }

  private isLacking(report: LedgerReport, outcome: PushOutcome): boolean {
    if (outcome.outcome !== 'refused') return false;
    if (report.origin !== this.self)
      return outcome.reason === 'unknown-key' && this.cards.of(report.origin) !== null;
    return this.sketches.forget(report) && outcome.reason === 'sketch-missing';
  }

  /** Answers whether the peer held a report of ours that we do not know. */
  private noteOwn({ day, reportId }: LedgerReport, outcome: PushOutcome): boolean {
    this.delivered.set(day, reportId);
    this.sketches.keep({ day, reportId });
    if (outcome.outcome !== 'accepted' && outcome.outcome !== 'held') return false;
    return outcome.replaced !== null && this.own.heedNamed({ day, reportId: outcome.replaced });
  }
}
