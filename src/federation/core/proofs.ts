import { createHash } from 'node:crypto';
import type { NodeKey } from '../../protocol/node-key.js';
import { type Equivocation, equivocationOf, openProof, signProof } from '../../protocol/proof.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import type { Membership } from './membership.js';
import { PROOFS_PER_CALL_MAX, type ProofsAnswer, type ProofsAsk } from './messages.js';
import type { PeerCalls } from './peer-calls.js';

export interface ProofsOptions {
  membership: Membership;
  key: NodeKey;
  countRefusal(reason: RefusalReason): void;
  /** An origin does not count any more. */
  quarantined(origin: string): void;
}

/** Four calls of 32 proofs are more than a federation that still works ever needs. */
const CALLS_MAX = 4;

/**
 * Proofs that an origin said two things of one day under one seq. Each puts its origin into quarantine wherever the
 * origin is known, and goes on from there to every peer.
 */
export class Proofs {
  constructor(private readonly options: ProofsOptions) {}

  /** Two envelopes that contradict each other were seen. */
  async note(first: string, second: string): Promise<void> {
    const { membership } = this.options;
    await this.keep(equivocationOf(first, second, (keyId) => membership.keyOf(keyId)));
  }

  /** 32 hex digits over what is proven here: equal where two nodes know the same. */
  digest(): string {
    const hash = createHash('sha256');
    for (const { origin } of this.proven()) hash.update(`${origin}\n`);
    return hash.digest('hex').slice(0, 32);
  }

  /** A peer says what it has proofs of, and brings some. */
  async answer({ known, proofs }: ProofsAsk): Promise<ProofsAnswer> {
    for (const proof of proofs) await this.take(proof);
    return { proofs: this.lackedBy(known), wanted: this.wanted(known) };
  }

  /** Brings both sides to the same proofs. */
  async exchange(calls: Pick<PeerCalls, 'proofs'>, url: string): Promise<void> {
    let proofs: string[] = [];
    for (let call = 0; call < CALLS_MAX; call++) {
      const known = this.proven().map(({ origin }) => origin);
      const answer = await calls.proofs(url, { known, proofs });
      if (!answer) return;
      for (const proof of answer.proofs) await this.take(proof);
      const wanted = new Set(answer.wanted);
      proofs = this.signed(this.proven().filter(({ origin }) => wanted.has(origin)));
      if (proofs.length === 0) return;
    }
  }

  private lackedBy(known: readonly string[]): string[] {
    const theirs = new Set(known);
    return this.signed(this.proven().filter(({ origin }) => !theirs.has(origin)));
  }

  private wanted(known: readonly string[]): string[] {
    const { membership } = this.options;
    return known
      .filter((origin) => membership.peer(origin)?.contradiction === null)
      .slice(0, PROOFS_PER_CALL_MAX);
  }

  private signed(equivocations: readonly Equivocation[]): string[] {
    return equivocations.slice(0, PROOFS_PER_CALL_MAX).map((one) => signProof(one, this.options.key));
  }

  private async take(text: string): Promise<void> {
    const { membership } = this.options;
    try {
      await this.keep(openProof(text, (keyId) => membership.keyOf(keyId)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.countRefusal(error.reason);
    }
  }

  private async keep({ origin, reports }: Equivocation): Promise<void> {
    const isNew = await this.options.membership.quarantine(origin, JSON.stringify({ reports }));
    if (isNew) this.options.quarantined(origin);
  }

  /** Ordered by origin. */
  private proven(): Equivocation[] {
    return this.options.membership.contradicted().flatMap(({ nodeId, contradiction }) => {
      const { reports } = JSON.parse(contradiction ?? '{}') as Partial<Equivocation>;
      return reports ? [{ origin: nodeId, reports }] : [];
    });
  }
}
