import type * as z from 'zod';
import type { Clock } from '../../clock/clock.js';
import { dayOf } from '../../clock/day.js';
import { Refusal } from '../../protocol/refusal.js';
import { parseStrictJson } from '../../protocol/strict-json.js';
import type { Ledger } from '../../storage/ledger.js';
import type { LedgerIndex } from './ledger-index.js';
import { answerDigest, answerPull } from './ledger-reader.js';
import { type LedgerView, viewOfOrigin, wholeView } from './ledger-view.js';
import type { Membership } from './membership.js';
import {
  digestAskSchema,
  type PullAnswer,
  type Push,
  type PushOutcome,
  pullSchema,
  pushSchema,
} from './messages.js';
import type { SignedTotal } from './total-board.js';

export interface AnswersOptions {
  ledger: Ledger;
  index: LedgerIndex;
  membership: Membership;
  clock: Clock;
  /** Members of a mesh read each other's reports; a hub shows each member its own only. */
  isMesh: boolean;
  receive(push: Push, caller: string): Promise<PushOutcome[]>;
  latestTotal(): SignedTotal | null;
  /** Throws Refusal. */
  refuseStrangers(caller: string): void;
}

/**
 * What other nodes are answered, once the gate knows who is calling and that the body is the one that was signed.
 * Every answer throws Refusal.
 */
export class PeerAnswers {
  constructor(private readonly options: AnswersOptions) {}

  async reports(caller: string, body: Uint8Array): Promise<{ outcomes: PushOutcome[] }> {
    this.options.refuseStrangers(caller);
    return { outcomes: await this.options.receive(read(pushSchema, body), caller) };
  }

  async digest(caller: string, body: Uint8Array): Promise<object> {
    const ask = read(digestAskSchema, body);
    return answerDigest(this.viewFor(caller, ask.origin), ask, dayOf(this.options.clock.nowMs()));
  }

  async pull(caller: string, body: Uint8Array): Promise<PullAnswer> {
    return answerPull(this.viewFor(caller), this.options.ledger, read(pullSchema, body));
  }

  total(caller: string): SignedTotal {
    this.options.refuseStrangers(caller);
    const newest = this.options.latestTotal();
    if (!newest) throw new Refusal('no-total');
    return newest;
  }

  /** In a mesh everything; at a hub the caller's own reports, unless it is a hub or an auditor without a key. */
  private viewFor(caller: string, origin?: string): LedgerView {
    this.options.refuseStrangers(caller);
    const { ledger, index, membership, clock, isMesh } = this.options;
    const role = membership.peer(caller)?.role;
    const readsAll = isMesh || role === 'hub' || role === 'auditor';
    if (readsAll && origin === undefined) return wholeView(ledger, index.tree);
    return viewOfOrigin(ledger, readsAll && origin ? origin : caller, dayOf(clock.nowMs()));
  }
}

function read<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  const parsed = schema.safeParse(parseStrictJson(body));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
