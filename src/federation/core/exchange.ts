import type { Clock } from '../../clock/clock.js';
import { type Day, dayOf } from '../../clock/day.js';
import type { PeerAddress } from '../../config/config.js';
import { type NodeCard, openCard } from '../../protocol/card.js';
import type { LedgerReport } from '../../storage/ledger.js';
import type { PeerRole } from '../../storage/peer-store.js';
import type { LedgerView } from './ledger-view.js';
import type { Membership } from './membership.js';
import type { Push, PushOutcome } from './messages.js';
import { type PeerCalls, PeerRefusedError } from './peer-calls.js';
import { reconcile } from './reconciliation.js';
import { nextDelayMs } from './retry.js';

/** What an exchange needs of the node it runs in. */
export interface ExchangeContext {
  self: string;
  membership: Membership;
  calls: PeerCalls;
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** Our newest report of every day that is still reported, oldest first. */
  ownReports(): Promise<LedgerReport[]>;
  /** What is compared with the peer: all of the ledger, or our own reports only. */
  view(own: 'own' | 'all'): LedgerView;
  /** Reports that were pulled from the peer. */
  receive(push: Push): Promise<PushOutcome[]>;
  /** Our own card as it stands. */
  ownCard(): string;
  /** The hub published a new total. */
  keepTotal(envelope: string, publisher: NodeCard): Promise<void>;
}

export interface ExchangePolicy {
  retry: { baseMs: number; capMs: number };
  cardAgeMs: number;
}

const NOT_ADMITTED: ReadonlySet<string> = new Set(['pending', 'not-a-member']);
/** Why a peer takes no reports of some origin that we relay: it is not on its roster. */
const NOT_WANTED: ReadonlySet<string> = new Set(['pending', 'not-a-member', 'unknown-key']);

interface Delivery {
  /** False while the peer takes none of our reports, because it waits for a person. */
  isAdmitted: boolean;
  /** What it said of a report that it did not take. */
  refused: string | null;
}

const NOT_DELIVERED: Delivery = { isAdmitted: false, refused: null };

/** How things stand with one configured peer, in words for its administrator. */
export type ExchangeState = 'never reached' | 'waiting for approval' | 'in step' | 'failing';

/**
 * The exchange with one hub or peer from the configuration: learn who it is, ask to join if it doesn't know us,
 * give it our reports that it hasn't got yet, bring both ledgers in step, and fetch the total of a hub. State, not
 * events: nothing is queued but "the newest it has not got", so a peer that was away costs no memory here.
 */
export class Exchange {
  /** Null before the first contact. */
  nodeId: string | null = null;
  private cardSeenMs = 0;
  private delivered = new Map<Day, string>();
  /** Origins whose reports the peer did not take, until the next day. */
  private unwantedThere = { day: '', origins: new Set<string>() };
  private totalTag: string | null = null;
  private retryAtMs = 0;
  private retryDelayMs = 0;
  private current: Promise<void> | null = null;
  /** The peer said that it takes our reports. Asked again after it said otherwise, or refused. */
  private admitted = false;
  state: ExchangeState = 'never reached';
  lastError: string | null = null;

  constructor(
    readonly address: PeerAddress,
    private readonly role: PeerRole,
    private readonly context: ExchangeContext,
    private readonly policy: ExchangePolicy,
  ) {}

  /** One round. Never rejects: what went wrong is in `lastError` and at the peer. A round under way is joined. */
  run(options: { force?: boolean } = {}): Promise<void> {
    const isWaiting = !options.force && this.context.clock.nowMs() < this.retryAtMs;
    if (this.current || isWaiting) return this.current ?? Promise.resolve();
    this.current = this.attempt().finally(() => {
      this.current = null;
    });
    return this.current;
  }

  /** Gives everything again in the next round. Receivers answer that nothing changed. */
  forgetDeliveries(): void {
    this.delivered.clear();
  }

  private async attempt(): Promise<void> {
    try {
      const card = await this.contact();
      const delivery = (await this.isAdmitted(card)) ? await this.deliver(card) : NOT_DELIVERED;
      if (delivery.isAdmitted) await this.bringInStep(card);
      if (delivery.isAdmitted && this.role === 'hub') await this.fetchTotal(card);
      this.state = delivery.isAdmitted ? 'in step' : 'waiting for approval';
      this.lastError = delivery.refused;
      this.retryDelayMs = 0;
      this.retryAtMs = 0;
    } catch (error) {
      await this.failed(error as Error);
    }
  }

  private async failed(error: Error): Promise<void> {
    this.state = this.nodeId === null ? 'never reached' : 'failing';
    if (error instanceof PeerRefusedError) this.admitted = false;
    this.lastError = error.message;
    this.retryDelayMs = nextDelayMs(this.retryDelayMs, this.policy.retry, this.context.random());
    this.retryAtMs = this.context.clock.nowMs() + this.retryDelayMs;
    if (this.nodeId !== null) await this.context.membership.noteError(this.nodeId, error.message);
  }

  /**
   * The peer's card, fetched at first contact and once in a while after. The key seen first is the peer's key from
   * then on: another one at the same address is refused until a person looks at it.
   */
  private async contact(): Promise<NodeCard> {
    const nowMs = this.context.clock.nowMs();
    const known = this.knownPeer();
    if (known && nowMs - this.cardSeenMs < this.policy.cardAgeMs) {
      this.nodeId = known.nodeId;
      return known.opened;
    }
    const envelope = await this.context.calls.fetchCard(this.address.url);
    const card = openCard(envelope);
    const expected = this.address.nodeId ?? known?.nodeId ?? null;
    if (expected !== null && card.node !== expected) {
      throw new Error(`${this.address.url} answers as node ${card.node}, but ${expected} is expected there`);
    }
    const pin = this.address.nodeId === null ? 'first-contact' : 'configured';
    await this.context.membership.pin(card, envelope, this.role, pin, this.address.url);
    this.nodeId = card.node;
    this.cardSeenMs = nowMs;
    return card;
  }

  private knownPeer() {
    const { url, nodeId } = this.address;
    const isThere = (peer: { url: string | null; role: PeerRole; pin: string; nodeId: string }) =>
      nodeId === null
        ? peer.url === url && peer.role === this.role && peer.pin !== 'join'
        : peer.nodeId === nodeId;
    return this.context.membership.peers().find(isThere) ?? null;
  }

  /** Asking is idempotent: the answer is how we stand with the peer. */
  private async isAdmitted(card: NodeCard): Promise<boolean> {
    if (this.admitted) return true;
    const answer = await this.context.calls.join(this.address.url, card, this.context.ownCard());
    this.admitted = answer.status === 'active' || answer.status === 'probation';
    if (this.admitted || answer.status === 'pending') return this.admitted;
    throw new Error(`the peer answers that we are ${answer.status}`);
  }

  /** A report that is refused keeps neither the others nor the total back: it is named, and sent again next time. */
  private async deliver(card: NodeCard): Promise<Delivery> {
    const reports = await this.context.ownReports();
    const due = reports.filter((report) => this.delivered.get(report.day) !== report.reportId);
    let refused: string | null = null;
    for (const { report, outcome } of await this.context.calls.push(this.address.url, card, due)) {
      if (outcome.outcome !== 'refused') this.delivered.set(report.day, report.reportId);
      else if (NOT_ADMITTED.has(outcome.reason)) {
        this.admitted = false;
        return NOT_DELIVERED;
      } else if (outcome.reason !== 'too-soon')
        refused ??= `our report of ${report.day} was refused: ${outcome.reason}`;
    }
    const days = new Set(reports.map((report) => report.day));
    for (const day of this.delivered.keys()) if (!days.has(day)) this.delivered.delete(day);
    await this.context.membership.noteDelivery(card.node);
    if (refused !== null) await this.context.membership.noteError(card.node, refused);
    return { isAdmitted: true, refused };
  }

  /** What either side lacks goes over: of a mesh all reports, with a hub only our own. */
  private async bringInStep(card: NodeCard): Promise<void> {
    const { calls, clock, membership, self, view, receive } = this.context;
    const today = dayOf(clock.nowMs());
    if (this.unwantedThere.day !== today) this.unwantedThere = { day: today, origins: new Set() };
    const isOwnOnly = this.role === 'hub';
    await reconcile({
      calls,
      url: this.address.url,
      view: view(isOwnOnly ? 'own' : 'all'),
      origin: isOwnOnly ? self : null,
      today,
      takes: (origin) => origin !== self && membership.reportsAreTakenFrom(origin) === 'yes',
      offers: (origin) => origin !== card.node && !this.unwantedThere.origins.has(origin),
      receive,
      give: (reports) => this.relay(card, reports),
    });
  }

  private async relay(card: NodeCard, reports: readonly LedgerReport[]): Promise<void> {
    for (const { report, outcome } of await this.context.calls.push(this.address.url, card, reports)) {
      if (report.origin === this.context.self && outcome.outcome !== 'refused')
        this.delivered.set(report.day, report.reportId);
      if (outcome.outcome === 'refused' && NOT_WANTED.has(outcome.reason))
        this.unwantedThere.origins.add(report.origin);
    }
  }

  private async fetchTotal(card: NodeCard): Promise<void> {
    const fetched = await this.context.calls.fetchTotal(this.address.url, card, this.totalTag);
    if (!fetched) return;
    await this.context.keepTotal(fetched.envelope, card);
    this.totalTag = fetched.tag;
  }
}
