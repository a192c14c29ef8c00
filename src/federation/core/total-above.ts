import { signAbove } from '../../protocol/above.js';
import { type NodeCard, openCard } from '../../protocol/card.js';
import type { NodeKey } from '../../protocol/node-key.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { parseTotal, type SignedTotal } from './total-board.js';

const SETTING = 'total-above';

/** The total as it came, and a signed word of this hub on whose it is. */
export interface PassedOn {
  above: string;
  total: SignedTotal;
}

/**
 * The total of the whole tree, at a hub that is appointed below another one: it shows that in the place of its branch's,
 * and passes it on to its members as it was signed.
 */
export class TotalAbove {
  private constructor(
    private readonly settings: SettingsStore,
    private readonly key: NodeKey,
    private newest: { card: string; publisher: NodeCard; total: SignedTotal } | null,
  ) {}

  static async open(settings: SettingsStore, key: NodeKey): Promise<TotalAbove> {
    const kept = (await settings.get(SETTING)) as { card: string; total: string } | null;
    const total = kept && { envelope: kept.total, total: parseTotal(kept.total) };
    return new TotalAbove(settings, key, total && { card: kept.card, publisher: openCard(kept.card), total });
  }

  latest(): SignedTotal | null {
    return this.newest?.total ?? null;
  }

  get publisher(): NodeCard | null {
    return this.newest?.publisher ?? null;
  }

  passedOn(): PassedOn | null {
    return this.newest && { above: signAbove(this.newest.card, this.key), total: this.newest.total };
  }

  /** @param card The publisher's, as its envelope. */
  async keep(total: SignedTotal, publisher: NodeCard, card: string): Promise<void> {
    this.newest = { card, publisher, total };
    await this.settings.put(SETTING, { card, total: total.envelope });
  }

  /** It is below no hub any more. */
  async forget(): Promise<void> {
    if (!this.newest) return;
    this.newest = null;
    await this.settings.remove(SETTING);
  }
}
