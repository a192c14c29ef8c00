import type { Clock } from '../../clock/clock.js';
import { type Day, dayOf, isoSeconds } from '../../clock/day.js';
import type { PeerAddress } from '../../config/config.js';
import { type Above, openAbove } from '../../protocol/above.js';
import { type NodeCard, openCard } from '../../protocol/card.js';
import { Refusal } from '../../protocol/refusal.js';
import type { PeerRole } from '../../storage/peer-store.js';
import { Deliveries, type Given } from './deliveries.js';
import { Introducing } from './introducing.js';
import type { KeyDelivery } from './key-delivery.js';
import type { Keyings } from './keyings.js';
import type { LedgerView } from './ledger-view.js';
import type { Membership } from './membership.js';
import type { Push, PushOutcome } from './messages.js';
import type { OwnReports } from './own-reports.js';
import { type PeerCalls, PeerRefusedError } from './peer-calls.js';
import type { Proofs } from './proofs.js';
import {
  type CatchUp,
  missingFrom,
  type Reconciled,
  type ReconciliationContext,
  reconcile,
  unknownFrom,
} from './reconciliation.js';
import type { RelayedCards } from './relayed-cards.js';
import { nextDelayMs } from './retry.js';
import type { Statutes } from './statutes.js';

/** What an exchange needs of the node it runs in. */
export interface ExchangeContext {
  self: string;
  membership: Membership;
  calls: PeerCalls;
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  own: OwnReports;
  keys: KeyDelivery;
  proofs: Proofs;
  cards: RelayedCards;
  keyings: Keyings;
  statutes: Statutes;
  /** Reports that are compared with a peer. */
  view(compared: Compared): LedgerView;
  /** A hub below another one gives it its members' reports too. */
  relays: boolean;
  /** Reports that were pulled from the peer. */
  receive(push: Push): Promise<PushOutcome[]>;
  /** Our own card as it stands. */
  ownCard(): string;
  /** The total that is shown is the one of that hub. */
  shows(publisher: string): boolean;
  /**
   * The hub published a new total, or passes on one.
   * @param above Whose it is, where it is not the hub's own.
   */
  keepTotal(envelope: string, hub: NodeCard, above?: Above): Promise<void>;
}

export interface ExchangePolicy {
  retry: { baseMs: number; capMs: number };
  cardAgeMs: number;
}

/** How often a member that has the key looks whether somebody asks for it, and what keys are to come. */
const LETTERS_MS = 10 * 60_000;
/** Whether calls go through: Nygard, "Release It!" (2007), chapter 5. */
export type Breaker = 'closed' | 'open' | 'half-open';

/** Our own reports only, with a hub; all of the ledger, in a mesh; ours and our members', with the hub above us. */
export type Compared = 'own' | 'all' | 'relayed';

const FAILURES_TO_OPEN = 5;
const NOT_A_SUB_HUB =
  'the hub takes no reports of our members: its operator appoints this node with `headcount peers sub-hub`';
const WAITING: Given = { isAdmitted: false, refused: null, hasLost: false };

/** How things stand with one configured peer, in words for its administrator. */
export type ExchangeState = 'never reached' | 'waiting for approval' | 'in step' | 'failing';

/**
 * The exchange with one hub or peer from the configuration: learn who it is, ask to join if it doesn't know us,
 * give it our reports that it hasn't got yet, and bring both ledgers in step. State, not
 * events: nothing is queued but "the newest it has not got", so a peer that was away costs no memory here.
 */
export class Exchange {
  /** Null before the first contact. */
  nodeId: string | null = null;
  private cardSeenMs = 0;
  private lettersSeenMs = 0;
  private keyingsSeenMs = 0;
  private readonly deliveries: Deliveries;
  private readonly introducing: Introducing;
  /** Whether the hub above takes this one's members. Null until it was asked. */
  isSubHub: boolean | null = null;
  private totalTag: string | null = null;
  /** Who published the total that the hub passes on; null for its own. */
  above: NodeCard | null = null;
  private retryAtMs = 0;
  private retryDelayMs = 0;
  /** In a row. */
  private failures = 0;
  private current: Promise<void> | null = null;
  /** The peer said that it takes our reports. Asked again after it said otherwise, or refused. */
  private admitted = false;
  /** We have looked at what the peer holds of us: since our start, since anything unknown showed, and since that many resumes. */
  private takenBackAfter: number | null = null;
  /** Or the peer is no hub, and shows none. */
  private knowsCharter: boolean;
  state: ExchangeState = 'never reached';
  /** While this node and the peer bring their ledgers in step, and anything differs. */
  catchUp: CatchUp | null = null;
  lastError: string | null = null;
  /** Another key answered at its address than the one that is known or configured. */
  answersAsOther = false;

  constructor(
    readonly address: PeerAddress,
    private readonly role: PeerRole,
    private readonly context: ExchangeContext,
    private readonly policy: ExchangePolicy,
  ) {
    const { self, own, calls, cards, statutes } = context;
    this.knowsCharter = role !== 'hub' || statutes.charters.charter !== null;
    this.deliveries = new Deliveries(self, own, calls, address.url, cards);
    this.introducing = new Introducing(context.membership, calls, address.url);
  }

  private get hasTakenBack(): boolean {
    return this.takenBackAfter === this.context.own.resumes;
  }

  /** Closed while it goes well, open after five failures in a row, and then tried once at a time. */
  get breaker(): Breaker {
    if (this.failures < FAILURES_TO_OPEN) return 'closed';
    return this.isWaiting ? 'open' : 'half-open';
  }

  /** After a failure. A longer wait than any is a clock that was ahead then. */
  private get isWaiting(): boolean {
    const waitMs = this.retryAtMs - this.context.clock.nowMs();
    return waitMs > 0 && waitMs <= this.policy.retry.capMs;
  }

  /** When it is tried again after a failure; null while nothing is wrong. */
  get retryAt(): string | null {
    return this.retryAtMs === 0 ? null : isoSeconds(this.retryAtMs);
  }

  /** One round. Never rejects: what went wrong is in `lastError` and at the peer. A round under way is joined. */
  run(options: { force?: boolean } = {}): Promise<void> {
    if (this.current || (!options.force && this.isWaiting)) return this.current ?? Promise.resolve();
    this.current = this.attempt().finally(() => {
      this.current = null;
    });
    return this.current;
  }

  /** Before the first report is issued after a start: what the peer still holds of us is ours again. Never rejects. */
  async takeBack(): Promise<void> {
    if (this.hasTakenBack || this.current || this.isWaiting) return;
    try {
      const card = await this.contact();
      if (await this.isAdmitted(card)) await this.takeBackFrom();
    } catch (error) {
      await this.failed(error as Error);
    }
  }

  /** Rejects when the peer could not be told. */
  async leave(): Promise<void> {
    await this.contact();
    await this.context.calls.leave(this.address.url);
  }

  /** The hub's total, where a newer one is there. False for a hub that is away, or has none for us. Never rejects. */
  async bringTotal(): Promise<boolean> {
    if (this.state !== 'in step' || !this.context.keys.isInFederation) return false;
    // Without its members, the total above would not be that of the whole tree.
    if (this.context.relays && !this.isSubHub) return false;
    try {
      return await this.fetchTotal(await this.contact());
    } catch (error) {
      await this.failed(error as Error);
      return false;
    }
  }

  /** Gives everything again in the next round. Receivers answer that nothing changed. */
  forgetDeliveries(): void {
    this.deliveries.forget();
  }

  /** Keys to come are looked at with the next round, however short ago that was done. */
  lookForKeyings(): void {
    this.keyingsSeenMs = 0;
  }

  private async attempt(): Promise<void> {
    try {
      const card = await this.contact();
      const isAdmitted = await this.isAdmitted(card);
      const unasked = await this.visitLetters();
      const given = isAdmitted ? await this.deliver(card) : WAITING;
      if (given.isAdmitted && this.context.keys.isInFederation) await this.visitKeyings();
      this.state = given.isAdmitted ? 'in step' : 'waiting for approval';
      this.lastError = unasked ?? given.refused ?? (this.isSubHub === false ? NOT_A_SUB_HUB : null);
      this.failures = 0;
      this.retryDelayMs = 0;
      this.retryAtMs = 0;
    } catch (error) {
      await this.failed(error as Error);
    }
  }

  private async failed(error: Error): Promise<void> {
    this.state = this.nodeId === null ? 'never reached' : 'failing';
    if (error instanceof PeerRefusedError && error.reason === 'pending') this.state = 'waiting for approval';
    if (error instanceof PeerRefusedError) this.admitted = false;
    this.lastError = error.message;
    this.retryDelayMs = nextDelayMs(this.retryDelayMs, this.policy.retry, this.context.random());
    const askedMs = error instanceof PeerRefusedError ? error.retryAfterMs : 0;
    const waitMs = Math.max(this.retryDelayMs, Math.min(askedMs, this.policy.retry.capMs));
    this.retryAtMs = this.context.clock.nowMs() + waitMs;
    this.failures += 1;
    // What it signed does not fit the key that we know: it may have another one by now.
    if (error instanceof Refusal) this.cardSeenMs = 0;
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
    if (card.node === this.context.self) throw new Error(`${this.address.url} is this node itself`);
    const expected = this.address.nodeId ?? known?.nodeId ?? null;
    if (expected !== null && card.node !== expected) {
      this.answersAsOther = true;
      throw new Error(`${this.address.url} answers as node ${card.node}, but ${expected} is expected there`);
    }
    this.answersAsOther = false;
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
    if (this.context.relays) this.isSubHub = false;
    throw new Error(`the peer answers that we are ${answer.status}`);
  }

  /** What changed of our own goes first; what else either side lacks is found by comparing. */
  private async deliver(card: NodeCard): Promise<Given> {
    const { own, membership } = this.context;
    if (!this.hasTakenBack) await this.takeBackFrom();
    if (!this.knowsCharter) await this.learnCharter();
    const newest = own.clone ? [] : await own.newest();
    const given = await this.deliveries.give(
      card,
      this.deliveries.areUnknown ? [] : this.deliveries.due(newest),
    );
    this.admitted = given.isAdmitted;
    if (!given.isAdmitted) return given;
    const inStep = await this.bringInStep(card, await this.compared());
    given.refused ??= inStep.refused;
    if (given.hasLost || inStep.hasLost) this.takenBackAfter = null;
    if (this.deliveries.areUnknown && given.refused === null) this.deliveries.settle(newest);
    await membership.noteDelivery(card.node);
    if (given.refused !== null) await membership.noteError(card.node, given.refused);
    return given;
  }

  /** A hub above that takes none of our members' reports yet gets what we report ourselves. */
  private async compared(): Promise<Compared> {
    if (this.role !== 'hub') return 'all';
    if (!this.context.relays) return 'own';
    this.isSubHub = await this.introducing.run(this.today());
    return this.isSubHub ? 'relayed' : 'own';
  }

  private async bringInStep(card: NodeCard, compared: Compared): Promise<Omit<Given, 'isAdmitted'>> {
    const { self, own, membership } = this.context;
    const outcome: Omit<Given, 'isAdmitted'> = { refused: null, hasLost: false };
    const done = await this.reconciled({
      ...this.comparison(compared),
      receive: (push) => this.take(push),
      missing: missingFrom,
      takes: (origin) => origin !== self && membership.takes(origin),
      hear: (members) => this.deliveries.hear(members, this.today()),
      offer: (origin) => {
        if (origin === self) return own.clone ? 'none' : 'all';
        return origin === card.node ? 'none' : this.deliveries.offer(origin);
      },
      give: async (reports) => {
        const { refused, hasLost } = await this.deliveries.give(card, reports);
        for (const { origin } of reports)
          if (this.deliveries.isRefused(origin)) this.introducing.forget(origin);
        outcome.refused ??= refused;
        outcome.hasLost ||= hasLost;
      },
    });
    for (const entry of done?.unwanted ?? [])
      if (entry.origin === self && own.heedNewer(entry)) outcome.hasLost = true;
    if (compared !== 'own') await this.exchangeProofs(done?.proofs ?? null);
    return outcome;
  }

  /** How far it has come is shown while it goes on. */
  private async reconciled(context: ReconciliationContext): Promise<Reconciled | null> {
    const progress = (catchUp: CatchUp) => {
      this.catchUp = catchUp;
    };
    try {
      return await reconcile({ ...context, progress });
    } finally {
      this.catchUp = null;
    }
  }

  /** A member's report under a key that nobody is known to have: the peer, if it is that member, has a new card. */
  private async take(push: Push): Promise<PushOutcome[]> {
    const outcomes = await this.context.receive(push);
    if (outcomes.some((one) => one.outcome === 'refused' && one.reason === 'unknown-key'))
      this.cardSeenMs = 0;
    return outcomes;
  }

  private async exchangeProofs(theirs: string | null): Promise<void> {
    const { proofs, calls } = this.context;
    if (theirs !== null && theirs !== proofs.digest()) await proofs.exchange(calls, this.address.url);
  }

  /** What the peer holds of us becomes ours again, and what it lacks of us it gets. */
  private async takeBackFrom(): Promise<void> {
    const { own, self } = this.context;
    await this.reconciled({
      ...this.comparison('own'),
      missing: unknownFrom,
      isThorough: true,
      takes: (origin) => origin === self,
      hear: () => undefined,
      offer: () => 'none',
      receive: (push) => own.takeBack(push, this.address.url),
      give: async () => undefined,
    });
    this.takenBackAfter = own.resumes;
    await own.issue();
  }

  private comparison(of: Compared) {
    const { calls, self, view, receive } = this.context;
    const origin = of === 'own' ? self : null;
    return { calls, url: this.address.url, view: view(of), origin, today: this.today(), receive };
  }

  /**
   * Asks for the key while we have none, and looks now and then, or when told to, whether somebody asks us. As
   * `KeyDelivery.visit`.
   */
  async visitLetters(options: { now?: boolean } = {}): Promise<string | null> {
    const { calls, keys, clock } = this.context;
    const nowMs = clock.nowMs();
    if (!options.now && keys.hasFederation && nowMs - this.lettersSeenMs < LETTERS_MS) return null;
    const { url } = this.address;
    const refused = await keys.visit({
      url,
      put: (to, letter) => calls.putLetter(url, to, letter),
      fetch: () => calls.fetchLetters(url),
    });
    this.lettersSeenMs = nowMs;
    return refused;
  }

  /** Charter and roster, of a hub that is known: a mesh has no roster but each node's own. */
  async visitStatutes(): Promise<void> {
    const { statutes, calls } = this.context;
    if (this.role === 'hub' && this.nodeId !== null) await statutes.visit(calls, this.address.url);
  }

  /** What the charter says of sketches is known before the first of them is given. */
  private async learnCharter(): Promise<void> {
    const { own, statutes } = this.context;
    await this.visitStatutes();
    this.knowsCharter = statutes.charters.charter !== null;
    await own.heedCharter();
  }

  /** Who is in, and what keys are to come. */
  private async visitKeyings(): Promise<void> {
    const { keyings, calls, clock } = this.context;
    const nowMs = clock.nowMs();
    if (nowMs - this.keyingsSeenMs < LETTERS_MS && nowMs >= this.keyingsSeenMs) return;
    await this.visitStatutes();
    await keyings.visit(calls, this.address.url);
    this.keyingsSeenMs = nowMs;
  }

  private today(): Day {
    return dayOf(this.context.clock.nowMs());
  }

  private async fetchTotal(card: NodeCard): Promise<boolean> {
    const known = this.above === null && this.context.shows(card.node) ? this.totalTag : null;
    const fetched = await this.context.calls.fetchTotal(this.address.url, known);
    if (fetched === 'none') return false;
    if (fetched === 'above') return this.fetchTotalAbove(card);
    if (fetched === 'known') return true;
    await this.context.keepTotal(fetched.envelope, card);
    this.above = null;
    this.totalTag = fetched.tag;
    return true;
  }

  /** The hub is below another one: the total of the whole tree is that one's, or that of the one above it. */
  private async fetchTotalAbove(hub: NodeCard): Promise<boolean> {
    const known = this.above !== null && this.context.shows(this.above.node) ? this.totalTag : null;
    const fetched = await this.context.calls.fetchTotalAbove(this.address.url, known);
    if (!fetched) return known !== null;
    const above = openAbove(fetched.answer.above, hub);
    if (above.card.node === this.context.self) return false;
    await this.context.keepTotal(fetched.answer.total, hub, above);
    this.above = above.card;
    this.totalTag = fetched.tag;
    return true;
  }
}
