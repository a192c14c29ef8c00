import type * as z from 'zod';
import type { Clock } from '../../clock/clock.js';
import { dayOf } from '../../clock/day.js';
import { openLetter } from '../../protocol/letter.js';
import { Refusal } from '../../protocol/refusal.js';
import { parseStrictJson } from '../../protocol/strict-json.js';
import type { Ledger } from '../../storage/ledger.js';
import type { Introductions } from './introductions.js';
import { ANY, type KeyMailbox } from './key-mailbox.js';
import type { Keyings } from './keyings.js';
import type { LedgerIndex } from './ledger-index.js';
import { answerDigest, answerPull } from './ledger-reader.js';
import { type LedgerView, viewOfOrigin, viewOfOrigins, wholeView } from './ledger-view.js';
import type { Membership } from './membership.js';
import {
  type ChartersAnswer,
  charterSchema,
  digestAskSchema,
  type IntroductionOutcome,
  introductionsSchema,
  type KeyingsAnswer,
  keyingsSchema,
  letterSchema,
  type ProofsAnswer,
  type PullAnswer,
  type Push,
  type PushAnswer,
  type PushOutcome,
  proofsSchema,
  pullSchema,
  pushSchema,
  type RostersAnswer,
  rosterSchema,
  type TotalAboveAnswer,
} from './messages.js';
import type { Proofs } from './proofs.js';
import type { RelayedCards } from './relayed-cards.js';
import type { Statutes } from './statutes.js';
import type { PassedOn } from './total-above.js';
import type { SignedTotal } from './total-board.js';

export interface AnswersOptions {
  self: string;
  mailbox: KeyMailbox;
  proofs: Proofs;
  keyings: Keyings;
  statutes: Statutes;
  introductions: Introductions;
  cards: RelayedCards;
  ledger: Ledger;
  index: LedgerIndex;
  membership: Membership;
  clock: Clock;
  /** Members of a mesh read each other's reports; a hub shows each member its own only. */
  isMesh: boolean;
  receive(push: Push, caller: string): Promise<PushOutcome[]>;
  latestTotal(): SignedTotal | null;
  /** The total of the hub above this one. */
  totalAbove(): PassedOn | null;
  /** A member leaves by its own wish. */
  left(caller: string): Promise<void>;
}

/**
 * What other nodes are answered, once the gate knows who is calling and that the body is the one that was signed.
 * Every answer throws Refusal.
 */
export class PeerAnswers {
  constructor(private readonly options: AnswersOptions) {}

  async reports(caller: string, body: Uint8Array): Promise<PushAnswer> {
    this.options.membership.refuseStrangers(caller);
    return { outcomes: await this.options.receive(read(pushSchema, body), caller), takesGrowth: true };
  }

  async digest(caller: string, body: Uint8Array): Promise<object> {
    const ask = read(digestAskSchema, body);
    const answer = await answerDigest(
      this.viewFor(caller, ask.origin),
      ask,
      dayOf(this.options.clock.nowMs()),
    );
    if (ask.ask !== 'root') return answer;
    const { proofs, membership } = this.options;
    return { ...answer, proofs: proofs.digest(), members: membership.digest() };
  }

  async introductions(caller: string, body: Uint8Array): Promise<{ outcomes: IntroductionOutcome[] }> {
    this.options.membership.refuseStrangers(caller);
    const { members } = read(introductionsSchema, body);
    return { outcomes: await this.options.introductions.take(caller, members) };
  }

  async proofs(caller: string, body: Uint8Array): Promise<ProofsAnswer> {
    this.options.membership.refuseStrangers(caller);
    return this.options.proofs.answer(read(proofsSchema, body));
  }

  /** The caller withdraws all its days. */
  async leave(caller: string): Promise<object> {
    this.options.membership.refuseStrangers(caller);
    await this.options.left(caller);
    return {};
  }

  async pull(caller: string, body: Uint8Array): Promise<PullAnswer> {
    const { ledger, cards } = this.options;
    return answerPull(this.viewFor(caller), ledger, read(pullSchema, body), (origin) => cards.of(origin));
  }

  /** A letter for a node that will fetch it here. Who still waits for a person may ask for the key, and no more. */
  async putLetter(caller: string, to: string, body: Uint8Array): Promise<object> {
    const { letter } = read(letterSchema, body);
    const { membership, mailbox } = this.options;
    const isWaiting = membership.statusOf(caller) === 'pending';
    if (!isWaiting || openLetter(letter).kind !== 'keyrequest') membership.refuseStrangers(caller);
    if (to !== ANY && to !== this.options.self && !membership.peer(to)) throw new Refusal('unknown-key');
    await mailbox.put(caller, to, letter);
    return {};
  }

  /** The letters to the caller, and to members also those to any that holds the key. */
  async letters(caller: string, to: string): Promise<{ letters: string[] }> {
    if (to !== caller) throw new Refusal('not-its-own-key');
    const any = this.options.membership.takes(caller);
    return { letters: await this.options.mailbox.lettersTo(caller, { any }) };
  }

  /** Every keying; of the sealed entropy what is for the caller, and all of it to those who pass it on. */
  keyings(caller: string): KeyingsAnswer {
    this.options.membership.refuseStrangers(caller);
    return this.options.keyings.shownTo(caller, { all: this.readsAll(caller) });
  }

  async takeKeyings(caller: string, body: Uint8Array): Promise<object> {
    this.options.membership.refuseStrangers(caller);
    return this.options.keyings.receive(read(keyingsSchema, body), caller);
  }

  charters(caller: string): ChartersAnswer {
    this.options.membership.refuseStrangers(caller);
    const shown = this.options.statutes.charters.shown();
    if (shown.charters.length === 0 && shown.proposed === null) throw new Refusal('no-charter');
    return shown;
  }

  /** A steward's signature counts whoever brings it. */
  async takeCharter(caller: string, body: Uint8Array): Promise<object> {
    this.options.membership.refuseStrangers(caller);
    await this.options.statutes.takeCharter(read(charterSchema, body).charter);
    return {};
  }

  rosters(caller: string): RostersAnswer {
    this.options.membership.refuseStrangers(caller);
    const shown = this.options.statutes.shownRosters();
    if (shown.rosters.length === 0 && !shown.wanted) throw new Refusal('no-roster');
    return shown;
  }

  async takeRoster(caller: string, body: Uint8Array): Promise<object> {
    this.options.membership.refuseStrangers(caller);
    await this.options.statutes.takeRoster(read(rosterSchema, body).roster);
    return {};
  }

  total(caller: string): SignedTotal {
    this.options.membership.refuseStrangers(caller);
    const newest = this.options.latestTotal();
    if (!newest) throw new Refusal('no-total');
    return newest;
  }

  /** Throws Refusal `no-total` at a hub that is below no other one. */
  totalAbove(caller: string): TotalAboveAnswer {
    this.options.membership.refuseStrangers(caller);
    const passedOn = this.options.totalAbove();
    if (!passedOn) throw new Refusal('no-total');
    return { above: passedOn.above, total: passedOn.total.envelope };
  }

  /** There is a total of the hub above this one. */
  get passesOn(): boolean {
    return this.options.totalAbove() !== null;
  }

  private readsAll(caller: string): boolean {
    const role = this.options.membership.peer(caller)?.role;
    return this.options.isMesh || role === 'hub' || role === 'auditor';
  }

  /**
   * In a mesh everything; at a hub the caller's own reports, and those of its members if it is a hub below this one.
   * Hubs and auditors without a key read all.
   */
  private viewFor(caller: string, origin?: string): LedgerView {
    this.options.membership.refuseStrangers(caller);
    const { ledger, index, membership, clock } = this.options;
    const readsAll = this.readsAll(caller);
    const today = dayOf(clock.nowMs());
    const tree = () => index.tree(today);
    if (readsAll && origin === undefined) return wholeView(ledger, tree);
    if (membership.peer(caller)?.role === 'sub-hub' && origin === undefined)
      return viewOfOrigins(ledger, tree, new Set([caller, ...membership.introducedBy(caller)]));
    return viewOfOrigin(ledger, readsAll && origin ? origin : caller, today);
  }
}

function read<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  const parsed = schema.safeParse(parseStrictJson(body));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
