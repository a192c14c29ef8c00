import type { Clock } from '../../clock/clock.js';
import { keptCard, type NodeCard } from '../../protocol/card.js';
import { forkOf, type SigningKey } from '../../protocol/key-chain.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import type { KeyPin, Peer, PeerRole, PeerStatus, PeerStore } from '../../storage/peer-store.js';
import { givesWay, type Waiting } from './giving-way.js';
import { KeyedTurns } from './keyed-turns.js';
import type { Policy } from './policy.js';
import type { RosterEntry } from './roster.js';
import { SetDigest } from './set-digest.js';

/** A peer together with what its card says. */
export interface KnownPeer extends Peer {
  opened: NodeCard;
}

export type JoinAnswer = PeerStatus | 'full';

const PERSIST_SEEN_MS = 60_000;
/** Of the requests that wait: one place of the network can't take them all. */
const PENDING_FROM_MAX = 10;
/** Members that one hub below this one may introduce. */
const INTRODUCED_MAX = 10_000;
const NOBODY: ReadonlySet<string> = new Set();
/** No node id: the turn of those that nobody knows yet. */
const STRANGERS = '';

type NoteQuarantine = (nodeId: string, reason: RefusalReason) => Promise<void>;

/**
 * Who is in the federation as this node sees it: the peers from the configuration, those that asked to join, and
 * what a person decided about them. A cache over the PeerStore that writes through; the store is read once.
 */
export class Membership {
  private readonly byId = new Map<string, KnownPeer>();
  /** Their node ids in order; null once somebody came or went. */
  private order: string[] | null = null;
  /** Every key that a peer has or had, by its id. */
  private readonly keys = new Map<string, SigningKey>();
  /** Node ids of those that contradicted themselves: few, and asked for with every comparison of ledgers. */
  private readonly contradicting = new Set<string>();
  private readonly standings = new SetDigest();
  /** Members of each hub below this one. */
  private readonly introduced = new Map<string, Set<string>>();
  /** By node id, of those that have asked to join. */
  private readonly askedFrom = new Map<string, string>();
  /** Changes of one peer wait for each other: two that begin with the same row would undo each other. */
  private readonly turns = new KeyedTurns();

  private constructor(
    private readonly store: PeerStore,
    private readonly clock: Clock,
    private readonly policy: Policy,
    private readonly noteQuarantine: NoteQuarantine,
  ) {}

  /** @param noteQuarantine Called before a node is quarantined. */
  static async load(
    store: PeerStore,
    clock: Clock,
    policy: Policy,
    noteQuarantine: NoteQuarantine = async () => undefined,
  ): Promise<Membership> {
    const membership = new Membership(store, clock, policy, noteQuarantine);
    for (const peer of await store.peers()) {
      membership.know({ ...peer, opened: keptCard(peer.card) });
    }
    return membership;
  }

  peer(nodeId: string): KnownPeer | null {
    return this.byId.get(nodeId) ?? null;
  }

  /** How many nodes are known. */
  get size(): number {
    return this.byId.size;
  }

  /** Ordered by node id. */
  peers(): KnownPeer[] {
    this.order ??= [...this.byId.keys()].sort();
    return this.order.map((nodeId) => this.byId.get(nodeId)!);
  }

  /** Another one whenever reports of other origins, or under other keys, may be taken than before. */
  digest(): string {
    return this.standings.hex;
  }

  /** Those that contradicted themselves, ordered by node id. */
  contradicted(): KnownPeer[] {
    return [...this.contradicting].sort().map((nodeId) => this.byId.get(nodeId)!);
  }

  /** The key that a request or an envelope was signed with; null when nobody known owns it. */
  keyOf(keyId: string): SigningKey | null {
    return this.keys.get(keyId) ?? null;
  }

  /** Whether reports of that origin are taken: it is on the roster and not waiting, suspended or removed. */
  takes(nodeId: string): boolean {
    return isLetIn(this.statusOf(nodeId));
  }

  /** As a person set it; but whom only hubs below introduced is in as long as one of them is. Null when unknown. */
  statusOf(nodeId: string): PeerStatus | null {
    const peer = this.byId.get(nodeId);
    if (!peer) return null;
    const isVouchedFor = peer.pin !== 'introduced' || peer.via.some((hub) => this.isSubHub(hub));
    return isVouchedFor ? peer.status : 'removed';
  }

  /** Whose reports a hub below forwards. */
  introducedBy(subHub: string): ReadonlySet<string> {
    return this.introduced.get(subHub) ?? NOBODY;
  }

  /** Throws Refusal for a node whose reports are not taken. */
  refuseStrangers(nodeId: string): void {
    if (this.takes(nodeId)) return;
    const status = this.statusOf(nodeId);
    const isNamed = status === 'pending' || status === 'suspended' || status === 'quarantined';
    throw new Refusal(isNamed ? status : 'not-a-member');
  }

  /** Those whose figures are published beside the node's own. */
  roster(): RosterEntry[] {
    return this.peers()
      .filter(({ role, opened }) => standsForReports(role) && (role !== 'sub-hub' || opened.counting))
      .map((peer) => ({ ...rosterEntry(peer), status: this.statusOf(peer.nodeId) ?? peer.status }));
  }

  /** Peers that the operator named in the configuration, with their sealing keys. */
  namedPeers(): Map<string, string | null> {
    const named = this.peers().filter(({ role, pin, nodeId }) => {
      return role === 'peer' && pin !== 'join' && this.takes(nodeId);
    });
    return new Map(named.map(({ nodeId, opened }) => [nodeId, opened.sealKey ?? null]));
  }

  /** Nodes whose reports are taken and who have a site to count. */
  countingNodes(): string[] {
    return this.peers()
      .filter(({ nodeId, role, opened }) => this.takes(nodeId) && role !== 'auditor' && opened.counting)
      .map(({ nodeId }) => nodeId);
  }

  /** Keeps what a node answered when it was first contacted at a configured address. It counts from the start. */
  pin(card: NodeCard, envelope: string, role: PeerRole, pin: KeyPin, url: string): Promise<void> {
    return this.turns.take(card.node, async () => {
      const known = this.byId.get(card.node);
      if (known) await this.refuseFork(known, card, envelope);
      const status = known && known.status !== 'pending' ? known.status : 'active';
      const peer = { ...this.newPeer(card, envelope, role, status, pin), ...known, role, status, pin, url };
      if (known && isOlder(card, known.opened)) await this.put(peer, known.opened, known.card);
      else await this.put(peer, card, envelope);
    });
  }

  /**
   * A node asks to join with its own card. It waits for a person, and nothing it says is believed meanwhile. Asking
   * again changes nothing but the card.
   * @param from What requests from one place of the network have in common; null for no such place.
   */
  requestToJoin(
    card: NodeCard,
    envelope: string,
    role: PeerRole,
    from: string | null = null,
  ): Promise<JoinAnswer> {
    if (this.byId.has(card.node)) return this.askAgain(card, envelope, from);
    // One stranger after the other, or more than the limit would be let in at once.
    return this.turns.take(STRANGERS, async () => {
      if (this.byId.has(card.node)) return this.askAgain(card, envelope, from);
      await this.forgetExpiredRequests();
      if (this.pendingFrom(from) >= PENDING_FROM_MAX) return 'full';
      await this.makeRoom(from);
      if (from !== null) this.askedFrom.set(card.node, from);
      const peer = this.newPeer(card, envelope, role, 'pending', 'join');
      await this.put({ ...peer, url: card.url }, card, envelope);
      return 'pending';
    });
  }

  /**
   * A hub below this one says how a member of it stands there: null for one that it does not count. What a person here
   * decided of that member stays. Answers how it stands here. Throws Refusal.
   */
  introduce(by: string, card: NodeCard, envelope: string, status: PeerStatus | null): Promise<PeerStatus> {
    return this.turns.take(card.node, async () => {
      const known = this.byId.get(card.node);
      if (known) await this.refuseFork(known, card, envelope);
      else if (status === null) return 'removed';
      else if (this.introducedBy(by).size >= INTRODUCED_MAX) throw new Refusal('too-many-members');
      const peer = known ?? this.newPeer(card, envelope, 'member', 'pending', 'introduced');
      const others = peer.via.filter((hub) => hub !== by);
      const via = status === null ? others : [...others, by];
      const letIn = status !== null && peer.status === 'pending' ? { status } : {};
      const isNewer = known && !isOlder(card, known.opened);
      const newest = known && !isNewer ? known : { opened: card, card: envelope };
      await this.put({ ...peer, via, ...letIn }, newest.opened, newest.card);
      return this.statusOf(card.node) ?? 'removed';
    });
  }

  /**
   * Somebody else brings the card of a node whose reports are taken: where it is newer than the known one it takes its
   * place, and nothing else changes. Throws Refusal.
   */
  renew(card: NodeCard, envelope: string): Promise<void> {
    return this.turns.take(card.node, async () => {
      this.refuseStrangers(card.node);
      const known = this.byId.get(card.node)!;
      await this.refuseFork(known, card, envelope);
      if (isOlder(known.opened, card)) await this.put(movedBy(card, known), card, envelope);
    });
  }

  /** A person lets a waiting, suspended or removed node in; trusted ones skip probation. Null when it is unknown. */
  async approve(nodeId: string, options: { trusted: boolean }): Promise<KnownPeer | null> {
    return this.setStatus(nodeId, options.trusted ? 'active' : 'probation');
  }

  /** A person takes it out until it is approved again. Null when it is unknown. */
  async suspend(nodeId: string): Promise<KnownPeer | null> {
    return this.setStatus(nodeId, 'suspended');
  }

  /** A second hub, or whoever checks this one, reads all reports and brings none of its own. Null when it is unknown. */
  async appointAuditor(nodeId: string): Promise<KnownPeer | null> {
    await this.change(nodeId, { role: 'auditor' });
    return this.setStatus(nodeId, 'active');
  }

  /** A hub that forwards its members' reports: whom it lets in is let in here. Null when it is unknown. */
  async appointSubHub(nodeId: string, options: { trusted: boolean }): Promise<KnownPeer | null> {
    await this.change(nodeId, { role: 'sub-hub' });
    return this.setStatus(nodeId, options.trusted ? 'active' : 'probation');
  }

  /** As if it had never asked. False when it was unknown. */
  async forgetPeer(nodeId: string): Promise<boolean> {
    return this.turns.take(nodeId, async () => {
      const peer = this.byId.get(nodeId);
      if (!peer) return false;
      await this.store.remove(nodeId);
      this.forget(peer);
      return true;
    });
  }

  /**
   * It has signed two things that contradict each other: none of its days counts until a person lets it in again.
   * Once is enough: false when that was known, or nobody knows the node.
   */
  async quarantine(nodeId: string, contradiction: string): Promise<boolean> {
    return this.turns.take(nodeId, async () => {
      const peer = this.byId.get(nodeId);
      if (!peer || peer.contradiction !== null) return false;
      await this.contradict(peer, contradiction, 'equivocation');
      return true;
    });
  }

  /** Its reports stay in the ledger, but no total looks at them any more. Null when it is unknown. */
  async remove(nodeId: string): Promise<KnownPeer | null> {
    return this.setStatus(nodeId, 'removed');
  }

  async noteSeen(nodeId: string): Promise<void> {
    const peer = this.byId.get(nodeId);
    if (!peer) return;
    const lastSeenMs = this.clock.nowMs();
    const isWorthWriting = lastSeenMs - (peer.lastSeenMs ?? 0) >= PERSIST_SEEN_MS;
    this.byId.set(nodeId, { ...peer, lastSeenMs });
    if (isWorthWriting) await this.change(nodeId, { lastSeenMs });
  }

  async noteDelivery(nodeId: string): Promise<void> {
    const nowMs = this.clock.nowMs();
    await this.change(nodeId, {
      lastSeenMs: nowMs,
      lastDeliveryMs: nowMs,
      lastError: null,
      lastErrorMs: null,
    });
  }

  async noteError(nodeId: string, lastError: string): Promise<void> {
    await this.change(nodeId, { lastError, lastErrorMs: this.clock.nowMs() });
  }

  private askAgain(card: NodeCard, envelope: string, from: string | null): Promise<JoinAnswer> {
    return this.turns.take(card.node, async () => {
      const known = this.byId.get(card.node);
      if (!known) return 'pending';
      await this.refuseFork(known, card, envelope);
      if (from !== null && known.status === 'pending' && !this.askedFrom.has(card.node))
        this.askedFrom.set(card.node, from);
      const seen = { ...known, lastSeenMs: this.clock.nowMs() };
      if (!isOlder(card, known.opened)) await this.put(movedBy(card, seen), card, envelope);
      return known.status;
    });
  }

  /** A node that goes on under two keys is quarantined until a person has looked at it. Throws Refusal. */
  private async refuseFork(known: KnownPeer, card: NodeCard, envelope: string): Promise<void> {
    const at = forkOf(known.opened.keyChanges, card.keyChanges);
    if (at === null) return;
    // Whoever stole the key may say anything under it; that its owner said so first is what counts.
    if (known.contradiction === null && !known.opened.keys[at]!.isStolen) {
      const contradiction = JSON.stringify({ cards: [known.card, envelope] });
      await this.contradict(known, contradiction, 'forked-key-chain');
    }
    throw new Refusal('forked-key-chain');
  }

  private async contradict(peer: KnownPeer, contradiction: string, reason: RefusalReason): Promise<void> {
    if (peer.status === 'removed') return this.put({ ...peer, contradiction }, peer.opened, peer.card);
    await this.noteQuarantine(peer.nodeId, reason);
    const quarantined = { status: 'quarantined', statusSinceMs: this.clock.nowMs() } as const;
    await this.put({ ...peer, contradiction, ...quarantined }, peer.opened, peer.card);
  }

  private async setStatus(nodeId: string, status: PeerStatus): Promise<KnownPeer | null> {
    const statusSinceMs = this.clock.nowMs();
    // Whatever hubs below say of it, a person has decided now.
    const pin = ({ pin }: Peer) => (pin === 'introduced' ? { pin: 'join' as const } : {});
    await this.change(nodeId, (peer) =>
      peer.status === status ? pin(peer) : { ...pin(peer), status, statusSinceMs },
    );
    return this.peer(nodeId);
  }

  private change(nodeId: string, changes: Partial<Peer> | ((peer: Peer) => Partial<Peer>)): Promise<void> {
    return this.turns.take(nodeId, async () => {
      const peer = this.byId.get(nodeId);
      if (!peer) return;
      const changed = { ...peer, ...(typeof changes === 'function' ? changes(peer) : changes) };
      await this.store.put(withoutCard(changed));
      this.noteStanding(nodeId, changed);
      this.byId.set(nodeId, changed);
    });
  }

  private async put(peer: Peer, opened: NodeCard, card: string): Promise<void> {
    const whole = { ...peer, card, opened };
    await this.store.put(withoutCard(whole));
    this.know(whole);
  }

  private know(peer: KnownPeer): void {
    for (const hub of this.byId.get(peer.nodeId)?.via ?? []) this.introduced.get(hub)?.delete(peer.nodeId);
    for (const hub of peer.via)
      this.introduced.set(hub, (this.introduced.get(hub) ?? new Set()).add(peer.nodeId));
    if (!this.byId.has(peer.nodeId)) this.order = null;
    this.noteStanding(peer.nodeId, peer);
    this.byId.set(peer.nodeId, peer);
    if (peer.contradiction !== null) this.contradicting.add(peer.nodeId);
    for (const key of peer.opened.keys) this.keys.set(key.keyId, key);
  }

  private forget({ nodeId, opened, via }: KnownPeer): void {
    for (const hub of via) this.introduced.get(hub)?.delete(nodeId);
    this.noteStanding(nodeId, null);
    this.byId.delete(nodeId);
    this.order = null;
    this.contradicting.delete(nodeId);
    this.askedFrom.delete(nodeId);
    for (const { keyId } of opened.keys) this.keys.delete(keyId);
  }

  private noteStanding(nodeId: string, next: KnownPeer | null): void {
    const [before, after] = [standingOf(this.byId.get(nodeId)), standingOf(next)];
    if (before === after) return;
    for (const standing of [before, after]) if (standing !== null) this.standings.toggle(standing);
  }

  private isSubHub(nodeId: string): boolean {
    return this.byId.get(nodeId)?.role === 'sub-hub' && this.takes(nodeId);
  }

  /** Since the start: where somebody asked from is not worth keeping longer. */
  private pendingFrom(from: string | null): number {
    const isWaiting = ([nodeId, place]: [string, string]) =>
      place === from && this.byId.get(nodeId)?.status === 'pending';
    return [...this.askedFrom].filter(isWaiting).length;
  }

  /** One that waits gives way to a stranger from that place where no more may. */
  private async makeRoom(from: string | null): Promise<void> {
    const waiting = this.waiting();
    if (waiting.length >= this.policy.pendingMax) await this.forgetWaiting(givesWay(waiting, from));
  }

  private waiting(): Waiting[] {
    const pending = [...this.byId.values()].filter(({ status }) => status === 'pending');
    return pending.map(({ nodeId, lastSeenMs, statusSinceMs }) => {
      return { nodeId, place: this.askedFrom.get(nodeId) ?? null, heardMs: lastSeenMs ?? statusSinceMs };
    });
  }

  /** Nothing happens where a person has decided about it meanwhile. */
  private forgetWaiting(nodeId: string): Promise<void> {
    return this.turns.take(nodeId, async () => {
      const peer = this.byId.get(nodeId);
      if (peer?.status !== 'pending') return;
      await this.store.remove(nodeId);
      this.forget(peer);
    });
  }

  private async forgetExpiredRequests(): Promise<void> {
    const oldestMs = this.clock.nowMs() - this.policy.pendingMs;
    for (const peer of this.peers()) {
      if (peer.status === 'pending' && peer.statusSinceMs < oldestMs) await this.forgetWaiting(peer.nodeId);
    }
  }

  private newPeer(card: NodeCard, envelope: string, role: PeerRole, status: PeerStatus, pin: KeyPin): Peer {
    return {
      nodeId: card.node,
      role,
      status,
      statusSinceMs: this.clock.nowMs(),
      pin,
      url: card.url,
      card: envelope,
      lastSeenMs: null,
      lastDeliveryMs: null,
      lastError: null,
      lastErrorMs: null,
      contradiction: null,
      via: [],
    };
  }
}

/** Hubs publish and auditors read; neither brings reports of its own. */
export function standsForReports(role: PeerRole): boolean {
  return role !== 'hub' && role !== 'auditor';
}

/** A card of before the last change of the key; under the same key, of an earlier version. */
function isOlder(card: NodeCard, known: NodeCard): boolean {
  const changes = card.keyChanges.length - known.keyChanges.length;
  return changes < 0 || (changes === 0 && card.version < known.version);
}

/** Where a pinned peer is, is what the operator configured, whatever its card says. */
function movedBy(card: NodeCard, known: KnownPeer): KnownPeer {
  return known.pin === 'join' ? { ...known, url: card.url ?? known.url } : known;
}

/** All that decides whether reports under its keys are taken; null for whom a person has yet to let in, or let in again. */
function standingOf(peer: KnownPeer | null | undefined): string | null {
  if (!peer || !isLetIn(peer.status)) return null;
  const { nodeId, role, statusSinceMs, pin, via, opened } = peer;
  const keys = opened.keys.map(({ keyId }) => keyId);
  return [nodeId, role, statusSinceMs, pin, ...[...via].sort(), ...keys].join(' ');
}

function isLetIn(status: PeerStatus | null): boolean {
  return status === 'active' || status === 'probation';
}

export function rosterEntry(peer: KnownPeer): RosterEntry {
  const { nodeId, status, statusSinceMs, opened } = peer;
  return { nodeId, name: opened.name, listed: opened.listed, status, statusSinceMs };
}

function withoutCard(peer: KnownPeer): Peer {
  const { opened: _, ...stored } = peer;
  return stored;
}
