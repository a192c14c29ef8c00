import { signAbove } from '../../protocol/above.js';
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
  /** Null at a hub that is below no other one. */
  passedOn: PassedOn | null = null;

  private constructor(
    private readonly settings: SettingsStore,
    private readonly key: NodeKey,
  ) {}

  static async open(settings: SettingsStore, key: NodeKey): Promise<TotalAbove> {
    const above = new TotalAbove(settings, key);
    const kept = (await settings.get(SETTING)) as { card: string; total: string } | null;
    if (kept) above.passOn({ envelope: kept.total, total: parseTotal(kept.total) }, kept.card);
    return above;
  }

  latest(): SignedTotal | null {
    return this.passedOn?.total ?? null;
  }

  /** @param card The publisher's, as its envelope. */
  async keep(total: SignedTotal, card: string): Promise<void> {
    this.passOn(total, card);
    await this.settings.put(SETTING, { card, total: total.envelope });
  }

  async forget(): Promise<void> {
    if (!this.passedOn) return;
    this.passedOn = null;
    await this.settings.remove(SETTING);
  }

  private passOn(total: SignedTotal, card: string): void {
    this.passedOn = { above: signAbove(card, this.key), total };
  }
}
