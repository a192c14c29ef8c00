import type { Clock } from '../../clock/clock.js';
import { isoSeconds } from '../../clock/day.js';
import type { NodeCard } from '../../protocol/card.js';
import { fingerprintWords } from '../../protocol/fingerprint.js';
import { formatInvite, type Invite, inviteProof, isInviteProof, secretHash } from '../../protocol/invite.js';
import {
  type KeyRequest,
  openLetter,
  type SealedLine,
  sealPurpose,
  signKeyRequest,
  signSealedLine,
} from '../../protocol/letter.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal } from '../../protocol/refusal.js';
import { type SealingKey, sealTo } from '../../protocol/sealing-key.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { ANY } from './key-mailbox.js';
import { PeerRefusedError } from './peer-calls.js';

/** Where letters are left and fetched: a hub's mailbox, or a peer's, or our own. */
export interface LetterBox {
  /** Where it is. */
  url: string;
  put(to: string, letter: string): Promise<void>;
  fetch(): Promise<string[]>;
}

export interface KeyDeliveryOptions {
  key: NodeKey;
  sealingKey: SealingKey;
  settings: SettingsStore;
  clock: Clock;
  /** So many random bytes. */
  random(count: number): Uint8Array;
  /** False on a hub that counts no site: it never asks for a key. */
  wantsKey: boolean;
  /** Our own card as it stands. */
  ownCard(): string;
  /** The federation that this node counts for; null while it is in none. */
  federation(): { id: string; name: string } | null;
  /** A federation that was joined takes over with the next day. */
  isJoining(): boolean;
  /** The line with the federation's key, as text; null on a node that holds no key. */
  line(): string | null;
  /** Joins the federation of a line, which must be of that id. Rejects when it is not, or contradicts what the node holds. */
  receive(line: string, federation: string): Promise<void>;
}

/** Somebody who asks for the federation's key. */
export interface KeyAsker {
  node: string;
  name: string | null;
  /** To be compared with what the asker's own node shows. */
  words: string;
  /** It holds an invite of ours. */
  invited: boolean;
  askedAt: string;
  endorsed: boolean;
}

/** A member that offers us a federation's key although we hold no invite of it. */
export interface KeyOffer {
  node: string;
  name: string | null;
  words: string;
  federation: string;
}

interface State {
  invites: { hash: string; expires: string }[];
  /** The invite that this node was given; null once the key has come. */
  held: Invite | null;
  endorsed: string[];
  /** The sealing keys of those endorsed, as their cards had them when they last asked. Absent in what older versions kept. */
  sealKeys?: Record<string, string>;
  /** A person decided that these get no key, whoever else endorses them. */
  withheld?: string[];
}

const SETTING = 'key-delivery';
const INVITE_MS = 7 * 86_400_000;
/** How often a node without a key asks again, and how long it is taken to be asking. */
const ASK_MS = 10 * 60_000;
const ASKING_MS = 3_600_000;
const INVITES_MAX = 100;
const ASKERS_MAX = 100;
const OFFERS_MAX = 20;
const NOTHING: State = { invites: [], held: null, endorsed: [] };

/**
 * How the federation's key reaches a node that joins: it asks, a person at a member that holds the key compares the
 * words and endorses it, and the member seals the key to it. Whoever keeps the letters on their way can read none of
 * it, and no roster makes a member seal anything.
 */
export class KeyDelivery {
  /** Those not heard of for longest come first. */
  private readonly askers = new Map<string, { request: KeyRequest; box: LetterBox; invited: boolean }>();
  private readonly offers = new Map<string, SealedLine>();
  /** When each box was asked. */
  private readonly askedMs = new Map<string, number>();

  private constructor(
    private readonly options: KeyDeliveryOptions,
    private state: State,
  ) {}

  static async open(options: KeyDeliveryOptions): Promise<KeyDelivery> {
    const kept = (await options.settings.get(SETTING)) as State | null;
    return new KeyDelivery(options, kept ?? NOTHING);
  }

  /** Counted for today, not only joined. */
  get isInFederation(): boolean {
    return this.options.federation() !== null;
  }

  get hasFederation(): boolean {
    return this.isInFederation || this.options.isJoining();
  }

  /** The words of this node, for whoever endorses it. */
  get ownWords(): string {
    return fingerprintWords(this.options.key.nodeId);
  }

  /** The invite that waits for its key. */
  get held(): Invite | null {
    return this.state.held;
  }

  /** Null on a node that holds no key. @param node Who answers at the URL. */
  async invite(place: Pick<Invite, 'mode' | 'url' | 'node'>): Promise<string | null> {
    const { clock, key, random } = this.options;
    const federation = this.options.federation();
    if (!federation || this.options.line() === null) return null;
    const secret = Buffer.from(random(16)).toString('base64url');
    const expires = isoSeconds(clock.nowMs() + INVITE_MS);
    const open = this.state.invites.filter((invite) => Date.parse(invite.expires) > clock.nowMs());
    const invites = [...open, { hash: secretHash(secret), expires }].slice(-INVITES_MAX);
    await this.change({ invites });
    const { id, name } = federation;
    return formatInvite({ federation: id, name, ...place, inviter: key.nodeId, secret, expires });
  }

  /** Keeps an invite until the key has come. */
  async hold(invite: Invite): Promise<void> {
    this.askedMs.clear();
    await this.change({ held: invite });
  }

  /**
   * Fetches what waits for us there, and asks for the key while we have none. Answers why the box did not take what we
   * ask: that others have filled it, or that nobody there knows our inviter, is tried again with the next visit.
   */
  async visit(box: LetterBox): Promise<string | null> {
    const refused = this.options.wantsKey && !this.hasFederation ? await this.ask(box) : null;
    for (const text of await box.fetch()) await this.read(text, box);
    return refused;
  }

  /** Those who ask, invited ones first. Whoever still has no key has asked again within the hour. */
  requests(): KeyAsker[] {
    const sinceMs = this.options.clock.nowMs() - ASKING_MS;
    const asking = [...this.askers.values()].filter(({ request }) => Date.parse(request.issuedAt) >= sinceMs);
    const askers = asking.map(({ request, invited }) => ({
      node: request.from.node,
      name: request.from.name,
      words: fingerprintWords(request.from.node),
      invited,
      askedAt: request.issuedAt,
      endorsed: this.state.endorsed.includes(request.from.node),
    }));
    return askers.sort((a, b) => Number(b.invited) - Number(a.invited) || (a.askedAt < b.askedAt ? 1 : -1));
  }

  /**
   * A person has compared the words: the node gets the key. False when it did not ask, or this node holds no key.
   * Rejects with Refusal, or when the letter can't be left.
   */
  async endorse(node: string): Promise<boolean> {
    const asker = this.askers.get(node);
    const line = this.options.line();
    const federation = this.options.federation();
    if (!asker || line === null || !federation) return false;
    const { key, random, clock } = this.options;
    const sealKey = sealKeyOf(asker.request.from);
    const about = { federation: federation.id, from: key.nodeId, to: node };
    const sealed = await sealTo(sealKey, sealPurpose(about), Buffer.from(line), random(32));
    const letter = signSealedLine(
      {
        ...{ to: node, federation: federation.id, sealed },
        ...{ card: this.options.ownCard(), issuedAt: isoSeconds(clock.nowMs()) },
      },
      key,
    );
    await asker.box.put(node, letter);
    await this.change({
      endorsed: [...new Set([...this.state.endorsed, node])],
      sealKeys: { ...this.state.sealKeys, [node]: asker.request.from.sealKey! },
      withheld: (this.state.withheld ?? []).filter((one) => one !== node),
    });
    return true;
  }

  /** Whom this node endorsed, with their sealing keys. */
  endorsements(): Map<string, string> {
    return new Map(Object.entries(this.state.sealKeys ?? {}));
  }

  /** Who gets no key, by a decision of a person here. */
  withheld(): ReadonlySet<string> {
    return new Set(this.state.withheld);
  }

  /** The node gets no later key from here, whoever endorses it. `endorse` takes that back. */
  async withhold(node: string): Promise<void> {
    const { [node]: _, ...sealKeys } = this.state.sealKeys ?? {};
    await this.change({
      endorsed: this.state.endorsed.filter((one) => one !== node),
      sealKeys,
      withheld: [...new Set([...(this.state.withheld ?? []), node])],
    });
  }

  /** Keys that members offer without an invite: a person compares the words before one is taken. */
  offered(): KeyOffer[] {
    return [...this.offers.values()].map(({ from, federation }) => ({
      node: from.node,
      name: from.name,
      words: fingerprintWords(from.node),
      federation,
    }));
  }

  /** Takes the key that a member offered. False when it offered none. */
  async accept(node: string): Promise<boolean> {
    const offer = this.offers.get(node);
    if (!offer) return false;
    await this.take(offer);
    return true;
  }

  private async ask(box: LetterBox): Promise<string | null> {
    const nowMs = this.options.clock.nowMs();
    if (nowMs - (this.askedMs.get(box.url) ?? Number.NEGATIVE_INFINITY) < ASK_MS) return null;
    const { key } = this.options;
    const { held } = this.state;
    const to = held?.inviter ?? ANY;
    const proof = held && inviteProof(held.secret, key.nodeId);
    const issuedAt = isoSeconds(nowMs);
    const request = signKeyRequest({ to, proof, card: this.options.ownCard(), issuedAt }, key);
    try {
      await box.put(to, request);
    } catch (error) {
      if (!isOfTheBox(error)) throw error;
      return error.message;
    }
    this.askedMs.set(box.url, nowMs);
    return null;
  }

  /** A letter that is none of ours, or malformed, is passed over: whoever keeps the box may put anything into it. */
  private async read(text: string, box: LetterBox): Promise<void> {
    try {
      const letter = openLetter(text);
      if (letter.from.node === this.options.key.nodeId) return;
      if (letter.kind === 'keyrequest') this.noteAsker(letter, box);
      else if (letter.to === this.options.key.nodeId) await this.noteSealed(letter);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  private noteAsker(request: KeyRequest, box: LetterBox): void {
    if (request.to !== ANY && request.to !== this.options.key.nodeId) return;
    if (this.options.line() === null) return;
    const { node } = request.from;
    this.askers.delete(node);
    if (this.askers.size >= ASKERS_MAX) {
      const givesWay = [...this.askers].find(([, { invited }]) => !invited);
      if (!givesWay) return;
      this.askers.delete(givesWay[0]);
    }
    this.askers.set(node, { request, box, invited: this.isInvited(request) });
  }

  private isInvited({ proof, from }: KeyRequest): boolean {
    const nowMs = this.options.clock.nowMs();
    return this.state.invites.some(
      ({ hash, expires }) =>
        proof !== null && Date.parse(expires) > nowMs && isInviteProof(proof, hash, from.node),
    );
  }

  private async noteSealed(letter: SealedLine): Promise<void> {
    if (this.hasFederation) return;
    const { held } = this.state;
    const isExpected = held?.inviter === letter.from.node && held.federation === letter.federation;
    if (isExpected) await this.take(letter);
    else if (this.offers.size < OFFERS_MAX) this.offers.set(letter.from.node, letter);
  }

  private async take({ sealed, from, to, federation }: SealedLine): Promise<void> {
    const opened = await this.options.sealingKey.open(
      sealed,
      sealPurpose({ federation, from: from.node, to }),
    );
    await this.options.receive(Buffer.from(opened).toString('utf8'), federation);
    this.offers.clear();
    await this.change({ held: null });
  }

  private async change(changes: Partial<State>): Promise<void> {
    this.state = { ...this.state, ...changes };
    await this.options.settings.put(SETTING, this.state);
  }
}

/** What the letter met with there says nothing of how we stand with whoever keeps the box. */
function isOfTheBox(error: unknown): error is Refusal | PeerRefusedError {
  const isRefusal = error instanceof Refusal || error instanceof PeerRefusedError;
  return isRefusal && (error.reason === 'mailbox-full' || error.reason === 'unknown-key');
}

/** Throws Refusal for a node whose card has no sealing key: it is too old to be given anything. */
function sealKeyOf(card: NodeCard): Uint8Array {
  if (!card.sealKey) throw new Refusal('bad-seal');
  return new Uint8Array(Buffer.from(card.sealKey, 'base64url'));
}
