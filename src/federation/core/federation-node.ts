import type { Clock } from '../../clock/clock.js';
import { type Day, dayOf } from '../../clock/day.js';
import type { PeerAddress, Role } from '../../config/config.js';
import type { Above } from '../../protocol/above.js';
import { type CardFields, type NodeCard, openCard, signCard } from '../../protocol/card.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import { REPORT_FORMAT, type Report } from '../../protocol/report.js';
import { SealingKey } from '../../protocol/sealing-key.js';
import type { AuditLog } from '../../storage/audit-log.js';
import type { Ledger, LedgerReport } from '../../storage/ledger.js';
import type { PeerRole, PeerStatus, PeerStore } from '../../storage/peer-store.js';
import type { Ruling, RulingStore } from '../../storage/ruling-store.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import type { KnownState } from './alerts/known-troubles.js';
import { OtherKeys } from './alerts/other-keys.js';
import { CharterBook } from './charter-book.js';
import { type Decider, Decisions } from './decisions.js';
import { Effects } from './effects.js';
import { type Compared, Exchange } from './exchange.js';
import { bringTotal } from './hub-totals.js';
import { Intake } from './intake.js';
import { Introductions } from './introductions.js';
import { type HeldEvidence, heldEvidence } from './judgement/held-evidence.js';
import type { Thresholds } from './judgement/thresholds.js';
import { KeyDelivery, type LetterBox } from './key-delivery.js';
import { KeyMailbox } from './key-mailbox.js';
import { KeyingBook } from './keying-book.js';
import { type Cut, type FederationKeyring, Keyings } from './keyings.js';
import { LedgerIndex } from './ledger-index.js';
import { type LedgerView, viewOfOrigin, viewOfOrigins, wholeView } from './ledger-view.js';
import { type KnownPeer, Membership, standsForReports } from './membership.js';
import type { Push, PushOutcome } from './messages.js';
import { Overlaps } from './overlaps.js';
import { OwnReports } from './own-reports.js';
import { PacedTransport } from './paced-transport.js';
import { PeerAnswers } from './peer-answers.js';
import { PeerCalls } from './peer-calls.js';
import { sample } from './phase.js';
import type { Policy } from './policy.js';
import { Proofs } from './proofs.js';
import { RelayedCards } from './relayed-cards.js';
import { REQUESTS_AT_ONCE, RequestGate } from './request-gate.js';
import type { RosterEntry } from './roster.js';
import { RosterBook } from './roster-book.js';
import { Rulings } from './rulings.js';
import { shareOf } from './share-of.js';
import { rosterMembers, Statutes, type Terms } from './statutes.js';
import { TotalAbove } from './total-above.js';
import { isOlder, type SignedTotal, TotalBoard, type TotalTerms } from './total-board.js';
import type { TotalComputer } from './total-computer.js';
import type { InstanceRow } from './total-figures.js';
import type { PeerTransport } from './transport.js';

/** Everything outside of the core, as ports: with other ones the same core runs in a simulation. */
export interface FederationOptions {
  role: Role;
  self: Omit<CardFields, 'version'>;
  /** In the order in which their totals are believed. */
  hubs: readonly PeerAddress[];
  peers: readonly PeerAddress[];
  key: NodeKey;
  ledger: Ledger;
  /** Who computes totals from that ledger. */
  computer: TotalComputer;
  peerStore: PeerStore;
  settings: SettingsStore;
  rulingStore: RulingStore;
  audit: AuditLog;
  /** So many random bytes. */
  randomBytes(count: number): Uint8Array;
  /** The line with the federation's key, as text; null on a node that holds no key. */
  line(): string | null;
  /** A federation that was joined takes over with the next day. */
  isJoining(): boolean;
  keyring: FederationKeyring;
  /** Joins the federation of a line, which must be of that id. */
  receiveLine(line: string, federation: string): Promise<void>;
  transport: PeerTransport;
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  nonce(): string;
  policy: Policy;
  thresholds: Thresholds;
  requestsPerMinute: number;
  /** Of bodies, with each peer and both ways, for each member that it speaks for. */
  bytesPerHour: number;
  retry: { baseMs: number; capMs: number };
  /** As in OwnReports. */
  issueReports(inAnyCase: ReadonlySet<Day>, charterMinimum: number): Promise<readonly Day[]>;
  /** Merges an earlier report of ours into the own counts: canonical HYLL bytes by key name, and hits. */
  takeBack(report: Report, sketches: ReadonlyMap<string, Uint8Array>): Promise<boolean>;
  /** Null while this node is in no federation. */
  terms(): TotalTerms | null;
  /** A node whose signature was just checked said what time it is. */
  witness(signedMs: number): void;
}

const CARD_SETTING = 'own-card';
const JOINED_HUB = 'joined-hub';
/** Addresses that the configuration may still name. */
const LEFT = 'left';
/** How many peers of a mesh are asked in one round. */
const FAN_OUT = 3;
/** Who reported lately, and who is on probation, changes with time alone. */
const TOTAL_AGE_MS = 3_600_000;
/** A total that takes longer is computed at most a quarter of the time: the machine has more to do. */
const LONG_TOTAL_MS = 5000;
const TOTAL_REST = 3;
/** A longer wait is a clock that leapt. */
const TOTAL_REST_MS_MAX = 180_000;
const CARD_AGE_MS = 24 * 3_600_000;

/** What a node reads from its stores before it opens. */
interface NodeParts {
  membership: Membership;
  board: TotalBoard;
  above: TotalAbove;
  index: LedgerIndex;
  own: OwnReports;
  rulings: Rulings;
  keys: KeyDelivery;
  book: KeyingBook;
  sealingKey: SealingKey;
  charters: CharterBook;
  rosters: RosterBook;
}

/**
 * One node of a federation: takes others' reports, gives its own to hub or peers, and publishes or fetches the
 * total. No framework, network, disk or clock of its own.
 */
export class FederationNode {
  readonly refused = new Map<RefusalReason, number>();
  /** Reports that were held since the start, by rule. */
  readonly heldBy = new Map<string, number>();
  /** Totals computed since the start, and how long that took. */
  readonly totals = { computed: 0, seconds: 0, lastSeconds: 0 };
  /** Milliseconds that a member's clock is ahead of ours, as its last signature showed, by node id. */
  readonly clockOffsets = new Map<string, number>();
  /** Whose sketches of today are under another key or scheme than the federation's. */
  private readonly otherKeys = new OtherKeys();
  readonly gate: RequestGate;
  private readonly calls: PeerCalls;
  private readonly running: Exchange[];
  readonly answers: PeerAnswers;
  private readonly intake: Intake;
  private isDirty = true;
  private totalDay: Day | null = null;
  private totalMs = 0;
  private refreshing: Promise<void> | null = null;
  private nextTotalMs = 0;

  readonly membership: Membership;
  readonly board: TotalBoard;
  private readonly above: TotalAbove;
  readonly own: OwnReports;
  readonly rulings: Rulings;
  readonly overlaps: Overlaps;
  readonly effects: Effects;
  readonly keys: KeyDelivery;
  readonly keyings: Keyings;
  readonly statutes: Statutes;
  private readonly mailbox: KeyMailbox;
  private readonly proofs: Proofs;
  private readonly cards: RelayedCards;
  private readonly decisions: Decisions;
  private readonly index: LedgerIndex;

  private constructor(
    private readonly options: FederationOptions,
    parts: NodeParts,
    private readonly card: string,
    private readonly configured: Pick<FederationOptions, 'hubs' | 'peers'>,
  ) {
    const { membership, board, own, index, rulings, keys } = parts;
    const { ledger, clock, policy, role, audit } = options;
    this.membership = membership;
    this.board = board;
    this.above = parts.above;
    this.own = own;
    this.index = index;
    this.rulings = rulings;
    this.keys = keys;
    this.statutes = this.statutesWith(parts);
    this.keyings = this.keyingsWith(parts);
    this.mailbox = new KeyMailbox({ self: this.nodeId, settings: options.settings, clock, membership });
    this.overlaps = new Overlaps({ ledger, rulings, clock, terms: () => options.terms() });
    this.effects = new Effects({ totals: board, computer: options.computer, rulings, clock });
    this.decisions = new Decisions({ ledger, rulings, audit, clock });
    this.gate = new RequestGate({
      clock,
      keyOf: (keyId) => membership.keyOf(keyId),
      requestsPerMinute: options.requestsPerMinute,
      bytesPerHour: options.bytesPerHour,
      shareOf: (nodeId) => shareOf(nodeId, membership),
      witness: (nodeId, signedMs) => this.witness(nodeId, signedMs),
    });
    this.proofs = new Proofs({
      membership,
      key: options.key,
      countRefusal: (reason) => this.countRefusal(reason),
      quarantined: () => {
        this.isDirty = true;
      },
    });
    this.cards = new RelayedCards({
      ...{ key: options.key, membership, ownCard: () => card },
      countRefusal: (reason) => this.countRefusal(reason),
    });
    this.intake = new Intake({
      ledger,
      membership,
      clock,
      policy,
      thresholds: options.thresholds,
      federation: () => options.terms()?.federation ?? null,
      stored: (report) => this.stored(report),
      contradicted: (first, second) => this.proofs.note(first, second),
      countRefusal: (reason) => this.countRefusal(reason),
    });
    this.answers = new PeerAnswers({
      ...{ ledger, index, membership, clock, self: this.nodeId, mailbox: this.mailbox, proofs: this.proofs },
      ...{ keyings: this.keyings, statutes: this.statutes, cards: this.cards },
      isMesh: role === 'peer',
      introductions: new Introductions({
        membership,
        clock,
        policy,
        countRefusal: (reason) => this.countRefusal(reason),
      }),
      receive: (push, caller) => this.receive(push, caller),
      latestTotal: () => board.latest(),
      totalAbove: () => parts.above.passedOn,
      left: (caller) => this.left(caller),
    });
    const paced = new PacedTransport(options.transport, clock, {
      requestsAtOnce: REQUESTS_AT_ONCE,
      bytesPerHour: options.bytesPerHour,
      shareOf: () => Math.max(1, membership.size),
    });
    this.calls = new PeerCalls(paced, options.key, clock, options.nonce, ledger);
    this.running = this.configuredExchanges();
  }

  static async open(given: FederationOptions): Promise<FederationNode> {
    const options = await withoutLeft(await withJoinedHub(given));
    const { peerStore, clock, policy, ledger, settings, key, terms, computer, audit } = options;
    const membership = await Membership.load(peerStore, clock, policy, async (node, why) => {
      await audit.append({ atMs: clock.nowMs(), by: 'node', action: 'quarantine', subject: { node }, why });
    });
    const sealingKey = await SealingKey.of(key);
    const sealKey = Buffer.from(sealingKey.publicKey).toString('base64url');
    const self = await ownCard({ ...options, self: { ...options.self, sealKey } });
    const opened = openCard(self);
    const roster = () => rosterWithSelf(membership, opened);
    const rulings = await Rulings.load(options.rulingStore);
    const board = await TotalBoard.open({
      ...{ ledger, settings, key, clock, policy, terms, roster, rulings, computer },
    });
    const above = await TotalAbove.open(settings, key);
    const index = new LedgerIndex(ledger);
    const charters = await CharterBook.open(settings);
    const own = await OwnReports.open({
      ...{ ledger, index, settings, clock, self: key.nodeId, keys: opened.keys },
      federation: () => terms()?.federation ?? null,
      charterMinimum: () => charters.sketchMinimumIn(terms()?.federation ?? null),
      issueReports: (inAnyCase, charterMinimum) => options.issueReports(inAnyCase, charterMinimum),
      takeBack: (report, sketches) => options.takeBack(report, sketches),
    });
    const keys = await KeyDelivery.open({
      ...{ key, sealingKey, settings, clock },
      random: (count) => options.randomBytes(count),
      wantsKey: options.self.counting,
      ownCard: () => self,
      federation: () => {
        const terms = options.terms();
        return terms && { id: terms.federation, name: terms.name };
      },
      line: () => options.line(),
      isJoining: () => options.isJoining(),
      receive: (line, federation) => options.receiveLine(line, federation),
    });
    const book = await KeyingBook.open(settings);
    const rosters = await RosterBook.open(settings, clock, charters);
    const ofTotals = { board, above, rulings };
    const parts = { membership, index, own, keys, book, sealingKey, charters, rosters, ...ofTotals };
    return new FederationNode(options, parts, self, given);
  }

  /** As configured, but for a stand-alone node that joined a hub by an invite: it is a member from then on. */
  get role(): Role {
    return this.options.role;
  }

  get exchanges(): readonly Exchange[] {
    return this.running;
  }

  /** A stand-alone node becomes a member of this hub, now and after each start. */
  async joinHub(hub: PeerAddress): Promise<void> {
    await this.options.settings.put(JOINED_HUB, hub);
    await this.options.settings.remove(LEFT);
    Object.assign(this.options, { role: 'member', hubs: [hub] });
    this.running.push(...this.configuredExchanges());
  }

  /**
   * Withdraws this node's days from its hub and peers and asks them no more, also after the next start. Answers the
   * addresses of those that could not be told: there its days stay until somebody removes them.
   */
  async leave(): Promise<string[]> {
    const { settings } = this.options;
    const told = await Promise.allSettled(this.running.map((exchange) => exchange.leave()));
    const urls = this.running.map(({ address }) => address.url);
    await settings.put(LEFT, urls);
    await settings.remove(JOINED_HUB);
    this.running.length = 0;
    return urls.filter((_, index) => told[index]?.status === 'rejected');
  }

  /** A node that left joins again: whom the configuration names is asked again. */
  async comeBack(): Promise<void> {
    const { settings } = this.options;
    if ((await settings.get(LEFT)) === null) return;
    await settings.remove(LEFT);
    const { hubs, peers } = this.configured;
    Object.assign(this.options, { hubs, peers });
    this.running.splice(0, this.running.length, ...this.configuredExchanges());
  }

  get nodeId(): string {
    return this.options.key.nodeId;
  }

  get publishes(): boolean {
    return this.options.role === 'hub' || this.options.role === 'peer';
  }

  /** Starts a new chain of keys with the next day, for those who remain. As in Keyings. */
  async cut(why: string): Promise<Cut | 'no-key' | 'under-way'> {
    const cut = await this.keyings.cut(why);
    this.lookForKeyings();
    return cut;
  }

  /** Charter, roster and keys to come are looked at with the next round. */
  lookForKeyings(): void {
    for (const exchange of this.running) exchange.lookForKeyings();
  }

  /** Our signed card, as text. */
  ownCard(): string {
    return this.card;
  }

  /**
   * Issues what changed, exchanges with hub or peers, and publishes the total. Never rejects for a peer's sake.
   * `force` asks all peers, whatever they answered before.
   */
  async round(options: { force?: boolean } = {}): Promise<void> {
    const chosen = options.force ? this.exchanges : this.chosenExchanges();
    await Promise.all(chosen.map((exchange) => exchange.takeBack()));
    this.index.forgetPast(dayOf(this.options.clock.nowMs()));
    const issued = await this.own.issue();
    if (issued.length > 0) this.isDirty = true;
    if (this.publishes) await this.keys.visit(this.ownLetterBox());
    await Promise.all(chosen.map((exchange) => exchange.run(options)));
    await this.statutes.tend();
    await this.keyings.tend();
    await this.bringTotal();
    await this.refreshTotal();
  }

  /** Brings the ledger in step with a few peers: what one of a mesh knows, all know after some rounds of this. */
  async gossip(): Promise<void> {
    await Promise.all(this.chosenExchanges().map((exchange) => exchange.run()));
  }

  /** Tries again where an exchange failed or waits for a person, as far as its delay has passed. */
  async retry(): Promise<void> {
    const behind = this.exchanges.filter((exchange) => exchange.state !== 'in step');
    await Promise.all(behind.map((exchange) => exchange.run()));
    if (behind.some(({ state }) => state === 'in step')) await this.bringTotal();
  }

  /** A node that publishes no total of its own shows a hub's, and a hub below another one that of the whole tree. */
  private async bringTotal(): Promise<void> {
    const { exchanges, options } = this;
    if (this.publishes && options.role !== 'hub') return;
    if (exchanges.every(({ isSubHub }) => isSubHub === false)) await this.above.forget();
    await bringTotal(exchanges);
  }

  /** The total that this node shows, with its rows: of the whole tree, as far as this node knows it. */
  shownTotal(): { signed: SignedTotal; instances: readonly InstanceRow[] } | null {
    const above = this.above.latest();
    if (above) return { signed: above, instances: above.total.instances };
    const signed = this.board.latest();
    return signed && { signed, instances: this.board.instances() };
  }

  /** Computes the total anew when something has come in since the last time, or another day has begun. */
  async refreshTotal(): Promise<void> {
    await this.refreshing;
    this.refreshing ??= this.publishTotal().finally(() => {
      this.refreshing = null;
    });
    await this.refreshing;
  }

  private async publishTotal(): Promise<void> {
    const { clock } = this.options;
    const startMs = clock.nowMs();
    const today = dayOf(startMs);
    const waitMs = this.nextTotalMs - startMs;
    if (!this.publishes || (waitMs > 0 && waitMs <= TOTAL_REST_MS_MAX)) return;
    const isFresh = this.totalDay === today && Math.abs(startMs - this.totalMs) < TOTAL_AGE_MS;
    if (!this.isDirty && isFresh) return;
    this.isDirty = false;
    this.totalDay = today;
    this.totalMs = startMs;
    await this.board.publish();
    const tookMs = clock.nowMs() - startMs;
    this.totals.computed += 1;
    this.totals.lastSeconds = tookMs / 1000;
    this.totals.seconds += tookMs / 1000;
    if (tookMs > LONG_TOTAL_MS) this.nextTotalMs = clock.nowMs() + TOTAL_REST * tookMs;
  }

  /** @param caller Who brings them; null for reports that this node has fetched itself. */
  async receive(push: Push, caller: string | null): Promise<PushOutcome[]> {
    await this.cards.take(push.cards ?? []);
    const outcomes = await this.intake.receive(push, caller);
    if (outcomes.some(({ outcome }) => outcome === 'accepted' || outcome === 'held')) this.isDirty = true;
    for (const one of outcomes)
      if (one.outcome === 'held') this.heldBy.set(one.rule, (this.heldBy.get(one.rule) ?? 0) + 1);
    return outcomes;
  }

  /** What this node knows of itself and of the others without looking for it. */
  knownState(): KnownState {
    const { membership, exchanges, clockOffsets, own } = this;
    const rows = this.publishes ? this.board.instances() : [];
    const nowMs = this.options.clock.nowMs();
    const today = dayOf(nowMs);
    const terms = this.options.terms();
    const readKey = terms?.readKey(today);
    return {
      ...{ peers: membership.peers(), exchanges, clockOffsets, rows, nowMs },
      otherKeys: terms && readKey ? this.otherKeys.on(today, readKey, terms.identity) : [],
      hasClone: own.clone !== null,
      rosterExpiresAt: this.statutes.rosters.roster?.expiresAt ?? null,
    };
  }

  private stored({ report, ...standing }: LedgerReport): void {
    this.index.note(standing);
    if (report.day === dayOf(this.options.clock.nowMs())) this.otherKeys.note(report);
  }

  /** Throws Refusal for a caller that is not on the roster, or still waits for a person. */
  refuseStrangers(caller: string): void {
    this.membership.refuseStrangers(caller);
  }

  /** Takes a request to join. Throws Refusal for a card that is none, or while too many wait from that place. */
  async requestToJoin(card: NodeCard, envelope: string, from: string | null = null): Promise<PeerStatus> {
    const role = this.options.role === 'peer' ? 'peer' : 'member';
    if (!this.membership.peer(card.node)) this.statutes.refuseJoins();
    const answer = await this.membership.requestToJoin(card, envelope, role, from);
    if (answer === 'full') throw new Refusal('pending-full');
    return answer;
  }

  /**
   * A person names the address of a node that does not ask by itself: one that is only heard of through others. It waits
   * like one that asked. Rejects when it does not answer, or not as the node that the address names.
   */
  async meet({ url, nodeId }: PeerAddress): Promise<NodeCard> {
    const envelope = await this.calls.fetchCard(url);
    const card = openCard(envelope);
    if (nodeId !== null && card.node !== nodeId) throw new Refusal('not-its-own-key');
    if (card.node !== this.nodeId) await this.requestToJoin(card, envelope);
    return card;
  }

  approve(nodeId: string, options: { trusted: boolean }): Promise<KnownPeer | null> {
    return this.changing(this.membership.approve(nodeId, options));
  }

  suspend(nodeId: string): Promise<KnownPeer | null> {
    return this.changing(this.membership.suspend(nodeId));
  }

  appointAuditor(nodeId: string): Promise<KnownPeer | null> {
    return this.changing(this.membership.appointAuditor(nodeId));
  }

  appointSubHub(nodeId: string, options: { trusted: boolean }): Promise<KnownPeer | null> {
    return this.changing(this.membership.appointSubHub(nodeId, options));
  }

  /** As if it had never asked. False when it was unknown. */
  forget(nodeId: string): Promise<boolean> {
    return this.changing(this.membership.forgetPeer(nodeId));
  }

  remove(nodeId: string): Promise<KnownPeer | null> {
    return this.changing(this.membership.remove(nodeId));
  }

  private async left(nodeId: string): Promise<void> {
    const { audit, clock } = this.options;
    await audit.append({
      atMs: clock.nowMs(),
      by: nodeId,
      action: 'leave',
      subject: { node: nodeId },
      why: '',
    });
    await this.remove(nodeId);
  }

  /** Takes a day of an origin, or all of its days, out of every total. */
  rule(ruling: Pick<Ruling, 'origin' | 'day' | 'verdict'>, decider: Decider): Promise<Ruling> {
    return this.changing(this.decisions.rule(ruling, decider));
  }

  /** Lifts a ruling. False when there was none about just these days. */
  lift(origin: string, day: Day | null, decider: Decider): Promise<boolean> {
    return this.changing(this.decisions.lift(origin, day, decider));
  }

  /** Counts the held report of a day, or of all days. Answers them: none when none is held. */
  release(origin: string, day: Day | null, decider: Decider): Promise<LedgerReport[]> {
    return this.changing(this.decisions.release(origin, day, decider));
  }

  /** What speaks against the held report of a day. Null when none is held. */
  async evidence(origin: string, day: Day): Promise<HeldEvidence | null> {
    const { ledger, thresholds } = this.options;
    const slot = await ledger.slot(origin, day);
    if (!slot || slot.accepted.reportId === slot.counted?.reportId) return null;
    return heldEvidence(slot, ledger, thresholds);
  }

  /** The total is computed anew once the change is made; a roster that says otherwise is out of date at once. */
  private async changing<T>(change: Promise<T>): Promise<T> {
    const made = await change;
    this.isDirty = true;
    await this.statutes.tend();
    return made;
  }

  countRefusal(reason: RefusalReason): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  /** Keys are destroyed on the word of members only: a stranger's request to join vouches for nothing. */
  private witness(nodeId: string, signedMs: number): void {
    if (!this.membership.takes(nodeId)) return;
    this.clockOffsets.set(nodeId, signedMs - this.options.clock.nowMs());
    this.options.witness(signedMs);
  }

  /** A member reports to all of its hubs; of a mesh, three peers at a time are enough. */
  private chosenExchanges(): readonly Exchange[] {
    const { role, random } = this.options;
    return role === 'member' ? this.exchanges : sample(this.exchanges, FAN_OUT, random);
  }

  /** Looks at once at charter and roster. A hub that does not answer is passed over. */
  async lookForStatutes(): Promise<void> {
    await Promise.allSettled(this.exchanges.map((exchange) => exchange.visitStatutes()));
  }

  /** Looks at once whether anybody asks for the key, or gives it. A hub or peer that does not answer is passed over. */
  async lookForLetters(): Promise<void> {
    if (this.publishes) await this.keys.visit(this.ownLetterBox());
    const known = this.exchanges.filter(({ nodeId }) => nodeId !== null);
    await Promise.allSettled(known.map((exchange) => exchange.visitLetters({ now: true })));
  }

  /** What others left here for us: a hub that counts, and every peer of a mesh, may be asked for the key itself. */
  private ownLetterBox(): LetterBox {
    const { mailbox, nodeId } = this;
    return {
      url: '',
      put: (to, letter) => mailbox.put(nodeId, to, letter),
      fetch: () => mailbox.lettersTo(nodeId, { any: true }),
    };
  }

  private statutesWith({ membership, charters, rosters }: NodeParts): Statutes {
    const { options } = this;
    const { key, clock, role } = options;
    return new Statutes({
      ...{ key, clock, charters, rosters, isHub: role === 'hub' },
      ownCard: () => this.card,
      terms: () => statuteTerms(options),
      members: () => rosterMembers(membership, openCard(this.card)),
      countRefusal: (reason) => this.countRefusal(reason),
    });
  }

  private keyingsWith({ membership, book, sealingKey, keys }: NodeParts): Keyings {
    const { options } = this;
    const { key, clock, keyring, role } = options;
    return new Keyings({
      ...{ key, sealingKey, clock, book, keyring, delivery: keys },
      random: (count) => options.randomBytes(count),
      ownCard: () => this.card,
      isMeetingPoint: role === 'hub' || (role === 'peer' && options.peers.length === 0),
      hasOthers: () => this.publishes || this.running.length > 0,
      configured: () => (role === 'peer' ? membership.namedPeers() : new Map()),
      members: () => (this.publishes ? membership.countingNodes() : this.statutes.countingNodes()),
      isOut: (node) => this.statutes.isOut(node),
      takes: (node) => !this.publishes || membership.takes(node),
      countRefusal: (reason) => this.countRefusal(reason),
    });
  }

  private configuredExchanges(): Exchange[] {
    const { role, hubs, peers, clock, retry } = this.options;
    const context = {
      self: this.nodeId,
      view: (compared: Compared) => this.view(compared),
      relays: role === 'hub',
      receive: (push: Push) => this.receive(push, null),
      membership: this.membership,
      calls: this.calls,
      clock,
      random: () => this.options.random(),
      own: this.own,
      keys: this.keys,
      ...{ proofs: this.proofs, cards: this.cards },
      ...{ keyings: this.keyings, statutes: this.statutes },
      ownCard: () => this.card,
      shows: (publisher: string) => this.shownTotal()?.signed.total.publisher === publisher,
      keepTotal: (envelope: string, hub: NodeCard, above?: Above) => this.keepTotal(envelope, hub, above),
    };
    const exchangeWith = (peerRole: PeerRole) => (address: PeerAddress) =>
      new Exchange(address, peerRole, context, { retry, cardAgeMs: CARD_AGE_MS });
    return role === 'peer' ? peers.map(exchangeWith('peer')) : hubs.map(exchangeWith('hub'));
  }

  private view(compared: Compared): LedgerView {
    const { ledger, clock } = this.options;
    const today = dayOf(clock.nowMs());
    const tree = () => this.index.tree(today);
    if (compared === 'all') return wholeView(ledger, tree);
    if (compared === 'own') return viewOfOrigin(ledger, this.nodeId, today);
    const members = this.membership
      .peers()
      .filter(({ role, nodeId }) => standsForReports(role) && this.membership.takes(nodeId));
    return viewOfOrigins(ledger, tree, new Set([this.nodeId, ...members.map(({ nodeId }) => nodeId)]));
  }

  private async keepTotal(envelope: string, hub: NodeCard, above?: Above): Promise<void> {
    const publisher = above?.card ?? hub;
    const signed = this.board.opened(envelope, publisher);
    if (!this.publishes) await this.board.keepFromHub(signed);
    else if (!isOlder(signed, this.above.latest()))
      await this.above.keep(signed, above?.envelope ?? this.membership.peer(hub.node)!.card);
    const isKept = this.shownTotal()?.signed === signed;
    if (isKept && !above) this.witness(hub.node, Date.parse(signed.total.asOf));
  }
}

function statuteTerms({ keyring, role }: FederationOptions): Terms | null {
  const { federation, name, calendar, scheme } = keyring.current.current;
  if (name === '') return null;
  const mode = role === 'peer' ? ('mesh' as const) : ('hub' as const);
  return { federation, name, mode, ...calendar, identity: scheme, format: REPORT_FORMAT };
}

async function withJoinedHub(options: FederationOptions): Promise<FederationOptions> {
  const hub = (await options.settings.get(JOINED_HUB)) as PeerAddress | null;
  return options.role === 'standalone' && hub ? { ...options, role: 'member', hubs: [hub] } : { ...options };
}

/** Whoever left a hub or a mesh does not ask it again because the configuration still names it. */
async function withoutLeft(options: FederationOptions): Promise<FederationOptions> {
  const left = new Set((await options.settings.get(LEFT)) as string[] | null);
  const isKept = ({ url }: PeerAddress) => !left.has(url);
  return { ...options, hubs: options.hubs.filter(isKept), peers: options.peers.filter(isKept) };
}

/** A node that counts a site of its own is an origin like any other, and always active. */
function rosterWithSelf(membership: Membership, self: NodeCard): RosterEntry[] {
  const others = membership.roster().filter(({ nodeId }) => nodeId !== self.node);
  if (!self.counting) return others;
  const { node, name, listed } = self;
  return [...others, { nodeId: node, name, listed, status: 'active', statusSinceMs: 0 }];
}

/**
 * The card kept from the last start, or one of a higher version when anything in it has changed: higher also than that
 * of a card that was lost with the store, as long as the clock goes on.
 */
async function ownCard({ self, key, settings, clock }: FederationOptions): Promise<string> {
  const kept = await settings.get(CARD_SETTING);
  const known = typeof kept === 'string' ? openCard(kept) : null;
  if (known?.node === key.nodeId && isSame(known, self)) return kept as string;
  const version = Math.max((known?.version ?? 0) + 1, Math.floor(clock.nowMs() / 1000));
  const card = signCard({ ...self, version }, key);
  await settings.put(CARD_SETTING, card);
  return card;
}

function isSame(card: NodeCard, self: Omit<CardFields, 'version'>): boolean {
  const { name, url, software, listed, counting, sealKey } = card;
  return (
    JSON.stringify({ name, url, software, listed, counting, sealKey }) ===
    JSON.stringify({
      name: self.name,
      url: self.url,
      software: self.software,
      listed: self.listed,
      counting: self.counting,
      sealKey: self.sealKey,
    })
  );
}
