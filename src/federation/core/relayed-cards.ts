import { openCard } from '../../protocol/card.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import type { Membership } from './membership.js';
import { CARDS_PER_CALL_MAX } from './messages.js';

export interface RelayedCardsOptions {
  key: Pick<NodeKey, 'nodeId' | 'changes'>;
  ownCard(): string;
  membership: Membership;
  countRefusal(reason: RefusalReason): void;
}

/**
 * A node that changes its key shows its new card to whom it calls, and to whom calls it. To all others the card follows
 * the reports that they refused for their unknown key, from node to node: it certifies itself, whoever brings it.
 */
export class RelayedCards {
  constructor(private readonly options: RelayedCardsOptions) {}

  /** The newest known card of a node that has changed its key; null of any other. */
  of(nodeId: string): string | null {
    const { key, membership } = this.options;
    if (nodeId === key.nodeId) return key.changes.length > 0 ? this.options.ownCard() : null;
    const peer = membership.peer(nodeId);
    return peer && peer.opened.keyChanges.length > 0 ? peer.card : null;
  }

  /** Those of whom these reports are, as many as one call brings. */
  broughtWith(reports: readonly { origin: string }[]): string[] {
    const cards = new Set(reports.map(({ origin }) => this.of(origin)));
    return [...cards].filter((card) => card !== null).slice(0, CARDS_PER_CALL_MAX);
  }

  /** What is refused is counted, and leaves no other trace. */
  async take(cards: readonly string[]): Promise<void> {
    for (const card of cards) {
      try {
        await this.options.membership.renew(openCard(card), card);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.options.countRefusal(error.reason);
      }
    }
  }
}
