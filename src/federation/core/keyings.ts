import type { Clock } from '../../clock/clock.js';
import { addDays, type Day, dayOf, isoSeconds } from '../../clock/day.js';
import { type ChainLink, chainOf } from '../../identity/chain.js';
import {
  type EpochCalendar,
  epochOf,
  firstDayOfEpoch,
  lastDayOfEpoch,
} from '../../identity/epoch-calendar.js';
import { chainName, keyCheckValue, nextEpochKey } from '../../identity/epoch-key.js';
import type { FederationLine } from '../../identity/federation-line.js';
import type { Keyring } from '../../identity/keyring.js';
import type { Membership as OwnMembership } from '../../identity/membership.js';
import {
  ENTROPY_BYTES,
  entropyHash,
  entropyPurpose,
  type Keying,
  type KeyingFields,
  openKeying,
  signKeying,
} from '../../protocol/keying.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import { type SealingKey, sealTo } from '../../protocol/sealing-key.js';
import type { KeyDelivery } from './key-delivery.js';
import { inCalls, type KeyingBook, secretsOf } from './keying-book.js';
import {
  chosenCut,
  chosenKeying,
  decidedThrough,
  dueMs,
  epochToFreshen,
  newestBySigner,
  trustedNodes,
  turnToFreshenMs,
} from './keying-rules.js';
import { type KeyingsAnswer, type KeyingsPush, SEALS_PER_CALL_MAX, type SealText } from './messages.js';
import { type PeerCalls, PeerRefusedError } from './peer-calls.js';
import { phaseOf } from './phase.js';

/** The keyring in use, as far as others' announcements change it. */
export interface FederationKeyring {
  readonly current: Keyring;
  learn(
    about: { federation: string; chain: string },
    links: readonly ChainLink[],
    decidedThrough: number | null,
  ): Promise<void>;
  /** Joins a federation, with the next day where `countedToday`. Rejects when that contradicts what is held. */
  join(line: FederationLine, countedToday: boolean): Promise<void>;
}

export interface KeyingsOptions {
  key: NodeKey;
  sealingKey: SealingKey;
  clock: Clock;
  book: KeyingBook;
  keyring: FederationKeyring;
  delivery: KeyDelivery;
  /** So many random bytes. */
  random(count: number): Uint8Array;
  ownCard(): string;
  /** Others bring their keyings here, as to a hub: whatever exists is known without asking. */
  isMeetingPoint: boolean;
  /** Whether there is anybody else to hear of entropy from. */
  hasOthers(): boolean;
  /** Nodes, with their sealing keys, that this node's operator named in its configuration. */
  configured(): ReadonlyMap<string, string | null>;
  /** Nodes that count, as the roster says: all of them should get the next key. Null while no roster is known. */
  members(): readonly string[] | null;
  /** Whether the roster says that the node does not take part. */
  isOut(node: string): boolean;
  /** Whether keyings of that node are kept here. */
  takes(node: string): boolean;
  countRefusal(reason: RefusalReason): void;
}

/** What a cut does, for whoever makes it. */
export interface Cut {
  /** The first day under the new keys. */
  from: Day;
  /** Node ids of those to whom the new key is sealed. */
  reaches: readonly string[];
  /** Counting nodes of the roster that nobody endorsed: they go on under the old keys, in no union. */
  leftBehind: readonly string[];
}

/** What a person should know about the keys. `node` is whom it is about. */
export interface KeyAlarm {
  alarm:
    | 'other-key'
    | 'contradicted-keying'
    | 'entropy-missing'
    | 'false-entropy'
    | 'not-endorsed'
    | 'no-roster'
    | 'cut-off';
  node: string | null;
  epoch: number | null;
}

/** Keyings of longer ago say nothing about keys that still exist; endorsements live as long. */
const EPOCHS_KEPT = 3;
/** A push of what was announced in the last moment. */
const SKEW_MS = 300_000;
const IN_TOUCH_MS = 3_600_000;
const RELAY_MS = 24 * 3_600_000;

/**
 * Fresh entropy for the epochs to come: announced by a member that holds the key, sealed to everyone who may receive
 * keys, and mixed in when the key is made. Whoever gets none later can't follow.
 */
export class Keyings {
  /** When everything that was announced up to then was seen. */
  private heardMs: number | null = null;
  private readonly alarmed = new Map<string, KeyAlarm>();
  private readonly tags = new Map<string, { tag: string | null; answer: KeyingsAnswer }>();

  constructor(private readonly options: KeyingsOptions) {}

  /** Fetches what a peer knows and brings it what it lacks. */
  async visit(calls: PeerCalls, url: string): Promise<void> {
    const startMs = this.options.clock.nowMs();
    const known = this.tags.get(url);
    const fetched = await calls.fetchKeyings(url, known?.tag ?? null);
    if (fetched) {
      for (const text of fetched.answer.keyings) await this.noting(() => this.take(text, null));
      for (const [hash, seals] of Object.entries(fetched.answer.seals))
        await this.options.book.putSeals(hash, new Map(Object.entries(seals)), false);
      this.tags.set(url, fetched);
    }
    this.heardMs = startMs;
    await this.give(calls, url, fetched?.answer ?? known?.answer ?? NOTHING);
  }

  /** @param caller Who brings them. Throws Refusal for the first that is refused. */
  async receive({ keyings, seals }: KeyingsPush, caller: string): Promise<object> {
    for (const text of keyings) await this.take(text, caller);
    for (const [hash, byNode] of Object.entries(seals)) {
      const signer = this.options.book.keyings().find((one) => secretsOf(one).includes(hash))?.from.node;
      await this.options.book.putSeals(hash, new Map(Object.entries(byNode)), signer === caller);
    }
    await this.tend();
    return {};
  }

  shownTo(node: string, options: { all: boolean }): KeyingsAnswer {
    return this.options.book.shownTo(node, options);
  }

  /** Applies what is known, and announces what this node has to say. */
  async tend(): Promise<void> {
    const { clock, keyring } = this.options;
    const { current } = keyring.current;
    if (current.name === '') return;
    this.alarmed.clear();
    const own = epochOf(current.calendar, dayOf(clock.nowMs()));
    await this.options.book.forgetBefore(own - EPOCHS_KEPT);
    await this.learn(current, null);
    await this.followCut();
    await this.freshen();
    await this.endorse();
  }

  /**
   * Starts a new chain with the next day, whose key goes to everyone who may still receive keys. `no-key` on a node
   * that holds none. `under-way`: a chain is cut once, since two cuts of one node would contradict each other.
   */
  async cut(why: string): Promise<Cut | 'no-key' | 'under-way'> {
    const { keyring, clock, random, book } = this.options;
    const { current } = keyring.current;
    const today = dayOf(clock.nowMs());
    const epoch = epochOf(current.calendar, today) + 1;
    if (current.name === '' || !current.chain.keys.has(epoch - 1)) return 'no-key';
    if (this.chosenCut()) return 'under-way';
    const secret = Uint8Array.from(random(ENTROPY_BYTES));
    const [name, check] = [chainName(secret), keyCheckValue(secret)];
    const cut = { from: addDays(today, 1), name, check, sha256: entropyHash(secret), why };
    const keying = await this.publish(current, epoch, { fresh: null, cut });
    const remaining = this.remaining();
    await book.putSeals(cut.sha256, await this.sealed(keying, secret, remaining), true);
    await this.joinCut(keying, secret);
    return { from: cut.from, reaches: [...remaining.keys()], leftBehind: this.leftBehindBy(remaining) };
  }

  /** A cut takes effect with the next day: for as long as windows reach behind it they are bounds. */
  private async followCut(): Promise<void> {
    const { current, next } = this.options.keyring.current;
    const chosen = this.chosenCut();
    if (!chosen?.cut || next?.chain.name === chosen.cut.name) return;
    const isBlind = current.chain.keys.size === 0;
    const secret = isBlind ? null : await this.unseal(chosen, chosen.cut.sha256);
    if (isBlind || secret) await this.joinCut(chosen, secret);
    else this.alarm({ alarm: 'cut-off', node: chosen.from.node, epoch: chosen.epoch });
  }

  private chosenCut(): Keying | null {
    const { chain } = this.options.keyring.current.current;
    const trusted = this.trusted();
    return chosenCut(
      this.options.book.keyings(),
      (epoch) => chainOf(chain, epoch),
      (one) => this.isBelieved(one, trusted),
    );
  }

  private async joinCut({ cut, epoch, from }: Keying, key: Uint8Array | null): Promise<void> {
    const { federation, name, calendar, scheme, giver } = this.options.keyring.current.current;
    if (key && (chainName(key) !== cut!.name || keyCheckValue(key) !== cut!.check)) {
      this.alarm({ alarm: 'false-entropy', node: from.node, epoch });
      return;
    }
    const ahead = { next: null, links: [], decidedThrough: epoch };
    const chain = { name: cut!.name, epoch: epoch - 1, key, check: cut!.check, ahead };
    const line = { federation, name, calendar, scheme, chain };
    await this.options.keyring.join(giver === null ? line : { ...line, giver }, true);
  }

  /** Everyone who may receive keys and is not out. */
  private remaining(): Map<string, string> {
    const { key, isOut, members } = this.options;
    const roster = members();
    const isIn = (node: string) => node !== key.nodeId && !isOut(node) && (roster?.includes(node) ?? true);
    return new Map(
      [...this.trusted()].filter((one): one is [string, string] => one[1] !== null && isIn(one[0])),
    );
  }

  private leftBehindBy(remaining: ReadonlyMap<string, string>): string[] {
    const { key, delivery, members } = this.options;
    const withheld = delivery.withheld();
    const isReached = (node: string) => node === key.nodeId || remaining.has(node) || withheld.has(node);
    return (members() ?? []).filter((node) => !isReached(node));
  }

  alarms(): KeyAlarm[] {
    return [...this.alarmed.values()];
  }

  /** Everyone who may receive keys, with the sealing key where it is known. */
  trusted(): Map<string, string | null> {
    const { book, delivery, configured, key, keyring } = this.options;
    const { giver } = keyring.current.current;
    const anchors = new Map([...configured(), ...delivery.endorsements(), [key.nodeId, null] as const]);
    if (giver !== null && !anchors.has(giver)) anchors.set(giver, null);
    return trustedNodes(newestBySigner(book.keyings()), anchors, delivery.withheld());
  }

  private async give(calls: PeerCalls, url: string, theirs: KeyingsAnswer): Promise<void> {
    const { book, key } = this.options;
    const { keyings, seals } = book.shownTo(key.nodeId, { all: true });
    const known = new Set(theirs.keyings);
    const lacked = keyings.filter((text) => !known.has(text));
    for (const texts of inCalls(lacked))
      await this.noting(() => calls.giveKeyings(url, { keyings: texts, seals: {} }));
    for (const [hash, byNode] of Object.entries(seals)) {
      const all = Object.entries(byNode);
      if ((theirs.counts[hash] ?? 0) >= all.length) continue;
      for (let at = 0; at < all.length; at += SEALS_PER_CALL_MAX) {
        const part = Object.fromEntries(all.slice(at, at + SEALS_PER_CALL_MAX));
        await this.noting(() => calls.giveKeyings(url, { keyings: [], seals: { [hash]: part } }));
      }
    }
  }

  /** One that is refused does not keep the others out. */
  private async noting(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Refusal) this.options.countRefusal(error.reason);
      else if (!(error instanceof PeerRefusedError)) throw error;
    }
  }

  private async take(text: string, caller: string | null): Promise<void> {
    if (this.options.book.holds(text)) return;
    const keying = openKeying(text);
    const { current } = this.options.keyring.current;
    const { nodeId } = this.options.key;
    if (keying.from.node !== nodeId && !this.options.takes(keying.from.node))
      throw new Refusal('not-a-member');
    if (keying.federation !== current.federation) throw new Refusal('other-federation');
    this.refuseOffTime(keying, current.calendar, caller);
    this.refuseOtherKey(keying, current);
    await this.options.book.put(keying, text);
  }

  private refuseOffTime(keying: Keying, calendar: EpochCalendar, caller: string | null): void {
    const nowMs = this.options.clock.nowMs();
    const own = epochOf(calendar, dayOf(nowMs));
    if (keying.epoch < own - EPOCHS_KEPT || keying.epoch > own + 2) throw new Refusal('keying-off-epoch');
    if (keying.first !== firstDayOfEpoch(calendar, keying.epoch)) throw new Refusal('keying-off-epoch');
    if (keying.last !== lastDayOfEpoch(calendar, keying.epoch)) throw new Refusal('keying-off-epoch');
    if (Date.parse(keying.issuedAt) > nowMs + SKEW_MS) throw new Refusal('issued-in-the-future');
    if (!keying.fresh) return;
    const due = dueMs(calendar, keying.epoch);
    const arrivesMs = caller === null ? 0 : nowMs - (caller === keying.from.node ? SKEW_MS : RELAY_MS);
    if (Date.parse(keying.issuedAt) > due || arrivesMs > due) throw new Refusal('keying-too-late');
  }

  /** Two keys by one name are seen before a single sketch was made under the later ones. */
  private refuseOtherKey(keying: Keying, { chain }: OwnMembership): void {
    const held = chain.keys.get(keying.epoch - 1);
    const isOurs = chainOf(chain, keying.epoch - 1) === keying.chain;
    if (!held || !isOurs || keyCheckValue(held) === keying.before) return;
    this.alarm({ alarm: 'other-key', node: keying.from.node, epoch: keying.epoch - 1 });
    throw new Refusal('other-key');
  }

  /** Brings the keyring up to what is known. `made`: an entropy that was made here just now. */
  private async learn(membership: OwnMembership, made: ChainLink | null): Promise<void> {
    const { federation, chain } = membership;
    const links = await this.links(membership, made);
    await this.options.keyring.learn({ federation, chain: chain.name }, links, this.decided(membership));
  }

  private decided({ calendar, chain }: OwnMembership): number | null {
    const { isMeetingPoint, hasOthers, clock } = this.options;
    if (!hasOthers() && !isMeetingPoint) return null;
    const heardMs = isMeetingPoint ? clock.nowMs() : this.heardMs;
    const held = Math.max(-1, ...chain.keys.keys());
    const known = Math.max(chain.decidedThrough ?? -1, held);
    return heardMs === null ? known : Math.max(known, decidedThrough(calendar, heardMs));
  }

  private async links(membership: OwnMembership, made: ChainLink | null): Promise<ChainLink[]> {
    const { calendar, chain } = membership;
    const own = epochOf(calendar, dayOf(this.options.clock.nowMs()));
    const links: ChainLink[] = [];
    const trusted = this.trusted();
    for (let epoch = Math.max(0, own); epoch <= own + 2; epoch++) {
      const before = {
        name: chain.name,
        links: [...chain.links.filter((link) => link.epoch < epoch), ...links],
      };
      const place = { chain: chainOf({ ...before, links: before.links.sort(byEpoch) }, epoch - 1), epoch };
      const chosen = chosenKeying(this.options.book.keyings(), place, calendar, (one) =>
        this.isBelieved(one, trusted),
      );
      if (made?.epoch === epoch) links.push(made);
      else if (chosen?.fresh) links.push(await this.linkOf(chosen, chain.links));
    }
    return links;
  }

  /** A blind hub that was told of no giver believes whoever it lets report. */
  private isBelieved(keying: Keying, trusted: ReadonlyMap<string, unknown>): boolean {
    const { current } = this.options.keyring.current;
    if (this.options.book.isContradicted(keying)) {
      this.alarm({ alarm: 'contradicted-keying', node: keying.from.node, epoch: keying.epoch });
      return false;
    }
    if (this.options.isOut(keying.from.node)) return false;
    return trusted.has(keying.from.node) || (current.chain.keys.size === 0 && current.giver === null);
  }

  private async linkOf(keying: Keying, known: readonly ChainLink[]): Promise<ChainLink> {
    const { name, check, sha256 } = keying.fresh!;
    const { epoch } = keying;
    const held = this.options.keyring.current.current.chain.keys;
    const isWaiting =
      held.size > 0 && !held.has(epoch) && !known.some((one) => one.name === name && one.fresh);
    const fresh = isWaiting ? await this.unseal(keying, sha256) : null;
    if (isWaiting && !fresh) this.alarm({ alarm: 'entropy-missing', node: keying.from.node, epoch });
    return { epoch, name, check, fresh };
  }

  private async unseal(keying: Keying, sha256: string): Promise<Uint8Array | null> {
    const { book, sealingKey, key } = this.options;
    const seal = book.sealFor(sha256, key.nodeId);
    if (!seal) return null;
    try {
      const entropy = await sealingKey.open(sealedOf(seal), entropyPurpose(keying, key.nodeId));
      if (entropyHash(entropy) === sha256) return entropy;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    this.alarm({ alarm: 'false-entropy', node: keying.from.node, epoch: keying.epoch });
    return null;
  }

  /** Makes entropy when it is this node's turn, nobody else has, and everybody on the roster would get it. */
  private async freshen(): Promise<void> {
    const { clock, keyring, key } = this.options;
    const { current } = keyring.current;
    const { calendar, chain } = current;
    const epoch = epochToFreshen(calendar, clock.nowMs());
    const turnMs = turnToFreshenMs(calendar, epoch, phaseOf(key.nodeId));
    const isDone = chain.links.some((link) => link.epoch === epoch);
    if (isDone || !chain.keys.has(epoch - 1) || turnMs === null || !this.isInTouch()) return;
    const recipients = this.recipients();
    if (recipients === null || recipients.size === 0) return;
    if (clock.nowMs() < turnMs || clock.nowMs() > dueMs(calendar, epoch)) return;
    await this.announce(current, epoch, recipients);
  }

  /** Whoever can't be heard should not speak: others make their own meanwhile. */
  private isInTouch(): boolean {
    const sinceMs = this.options.clock.nowMs() - (this.heardMs ?? Number.NEGATIVE_INFINITY);
    return this.options.isMeetingPoint || sinceMs < IN_TOUCH_MS;
  }

  /** Null while somebody on the roster would be left behind: a person decides about that node first. */
  private recipients(): Map<string, string> | null {
    const { members, delivery, key, hasOthers } = this.options;
    const roster = members();
    if (roster === null) {
      if (hasOthers()) this.alarm({ alarm: 'no-roster', node: null, epoch: null });
      return null;
    }
    const trusted = this.trusted();
    const withheld = delivery.withheld();
    const recipients = new Map<string, string>();
    let isComplete = true;
    for (const node of roster) {
      const sealKey = trusted.get(node) ?? null;
      if (node === key.nodeId || withheld.has(node)) continue;
      if (sealKey !== null) recipients.set(node, sealKey);
      else {
        isComplete = false;
        this.alarm({ alarm: 'not-endorsed', node, epoch: null });
      }
    }
    return isComplete ? recipients : null;
  }

  private async announce(
    membership: OwnMembership,
    epoch: number,
    recipients: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { federation, chain } = membership;
    const entropy = Uint8Array.from(this.options.random(ENTROPY_BYTES));
    const place = { federation, chain: chainOf(chain, epoch - 1), epoch, entropy };
    const next = nextEpochKey(chain.keys.get(epoch - 1)!, place);
    const link = { epoch, name: chainName(next), check: keyCheckValue(next), fresh: entropy };
    // First the file of keys: what was announced and is not there could never be made again.
    await this.learn(membership, link);
    const { name, check } = link;
    const fresh = { sha256: entropyHash(entropy), name, check };
    const keying = await this.publish(membership, epoch, { fresh, cut: null });
    await this.options.book.putSeals(
      keying.fresh!.sha256,
      await this.sealed(keying, entropy, recipients),
      true,
    );
  }

  private async sealed(
    keying: Keying,
    entropy: Uint8Array,
    recipients: ReadonlyMap<string, string>,
  ): Promise<Map<string, SealText>> {
    const seals = new Map<string, SealText>();
    for (const [node, sealKey] of recipients) {
      const recipient = new Uint8Array(Buffer.from(sealKey, 'base64url'));
      const sealed = await sealTo(recipient, entropyPurpose(keying, node), entropy, this.options.random(32));
      seals.set(node, [base64(sealed.enc), base64(sealed.ciphertext)]);
    }
    return seals;
  }

  /** Says anew whom this node endorses, when that has changed or is about to be forgotten. */
  private async endorse(): Promise<void> {
    const { keyring, clock, key, book } = this.options;
    const { current } = keyring.current;
    const epoch = epochOf(current.calendar, dayOf(clock.nowMs())) + 1;
    if (!current.chain.keys.has(epoch - 1)) return;
    const newest = newestBySigner(book.keyings()).get(key.nodeId);
    const endorses = this.ownEndorsements();
    if (!newest && endorses.length === 0) return;
    const isSaid = newest && JSON.stringify(newest.endorses) === JSON.stringify(endorses);
    if (isSaid && newest.epoch >= epoch) return;
    await this.publish(current, epoch, { fresh: null, cut: null });
  }

  private ownEndorsements(): [string, string][] {
    const { configured, delivery } = this.options;
    const withheld = delivery.withheld();
    return [...new Map([...configured(), ...delivery.endorsements()])]
      .filter((entry): entry is [string, string] => entry[1] !== null && !withheld.has(entry[0]))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private async publish(
    { federation, calendar, chain }: OwnMembership,
    epoch: number,
    { fresh, cut }: Pick<KeyingFields, 'fresh' | 'cut'>,
  ): Promise<Keying> {
    const { key, clock, ownCard, book } = this.options;
    const known = book.keyings().filter(({ from }) => from.node === key.nodeId);
    const same = known.find((keying) => keying.epoch === epoch && keying.chain === chainOf(chain, epoch - 1));
    const text = signKeying(
      {
        ...{ card: ownCard(), issuedAt: isoSeconds(clock.nowMs()), federation, epoch },
        number: Math.max(0, ...known.map(({ number }) => number)) + 1,
        chain: chainOf(chain, epoch - 1),
        before: keyCheckValue(chain.keys.get(epoch - 1)!),
        ...daysOf(calendar, epoch),
        ...{
          fresh: fresh ?? same?.fresh ?? null,
          cut: cut ?? same?.cut ?? null,
          endorses: this.ownEndorsements(),
        },
      },
      key,
    );
    const keying = openKeying(text);
    await book.put(keying, text);
    return keying;
  }

  private alarm(alarm: KeyAlarm): void {
    this.alarmed.set(JSON.stringify(alarm), alarm);
  }
}

const NOTHING: KeyingsAnswer = { keyings: [], seals: {}, counts: {} };

function daysOf(calendar: EpochCalendar, epoch: number): { first: Day; last: Day } {
  return { first: firstDayOfEpoch(calendar, epoch), last: lastDayOfEpoch(calendar, epoch) };
}

function byEpoch(a: ChainLink, b: ChainLink): number {
  return a.epoch - b.epoch;
}

function sealedOf([enc, ciphertext]: SealText) {
  const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  return { enc: bytesOf(enc), ciphertext: bytesOf(ciphertext) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
