import {
  CHARTER_CHARS_MAX,
  type Charter,
  type CharterFields,
  follows,
  openCharter,
  signCharter,
} from '../../protocol/charter.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal } from '../../protocol/refusal.js';
import { formatSignedSet, partsOfSet, SIGNERS_MAX } from '../../protocol/signed-set.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { KeyedTurns } from './keyed-turns.js';
import type { ChartersAnswer } from './messages.js';

const SETTING = 'charters';
const CHARTERS_MAX = 32;

interface State {
  charters: readonly Charter[];
  /** The next one, while stewards are still missing. */
  proposed: Charter | null;
}

/**
 * The charters of the federation, each signed by as many of the stewards before it as it takes, and the one that
 * waits for signatures. The first one that is seen is believed, as the first key of a hub is.
 */
export class CharterBook {
  private readonly turns = new KeyedTurns();

  private constructor(
    private readonly settings: SettingsStore,
    private state: State,
  ) {}

  static async open(settings: SettingsStore): Promise<CharterBook> {
    const kept = (await settings.get(SETTING)) as ChartersAnswer | null;
    const charters = (kept?.charters ?? []).map(openCharter);
    return new CharterBook(settings, {
      charters,
      proposed: kept?.proposed ? openCharter(kept.proposed) : null,
    });
  }

  /** The one in force. */
  get charter(): Charter | null {
    return this.state.charters.at(-1) ?? null;
  }

  get proposed(): Charter | null {
    return this.state.proposed;
  }

  shown(): ChartersAnswer {
    const { charters, proposed } = this.state;
    return { charters: charters.map(({ text }) => text), proposed: proposed?.text ?? null };
  }

  isSteward(node: string): boolean {
    return this.charter?.fields.stewards.includes(node) ?? false;
  }

  /** Below so many visitors a day nobody of that federation shares a sketch. */
  sketchMinimumIn(federation: string | null): number {
    const { charter } = this;
    return charter && charter.fields.federation === federation ? charter.fields.sketchMinimum : 0;
  }

  /**
   * Takes a charter that follows the one in force, or a signature more for the next one. False when it was known.
   * Throws Refusal `charter-mismatch`, `not-a-steward`.
   */
  take(text: string, federation: string): Promise<boolean> {
    return this.turns.take(SETTING, async () => {
      const given = openCharter(text);
      if (given.fields.federation !== federation) throw new Refusal('other-federation');
      if (this.state.charters.some(({ id }) => id === given.id)) return false;
      const before = this.charter;
      const joined = this.joined(given);
      if (follows(joined, before)) {
        await this.change({
          charters: [...this.state.charters, joined].slice(-CHARTERS_MAX),
          proposed: null,
        });
        return true;
      }
      return this.propose(joined, before);
    });
  }

  /** Signs the next charter: as one of the stewards whose signatures it takes. */
  async sign(fields: CharterFields, key: NodeKey, card: string): Promise<string> {
    const text = formatSignedSet([signCharter(fields, key)], [card]);
    await this.take(text, fields.federation);
    return text;
  }

  private async propose(charter: Charter, before: Charter | null): Promise<boolean> {
    const { fields, signers } = charter;
    const isNext =
      fields.previous === (before?.id ?? null) && fields.number === (before?.fields.number ?? 0) + 1;
    if (!isNext) throw new Refusal('charter-mismatch');
    const stewards = before?.fields.stewards ?? fields.stewards;
    if (!signers.every((node) => stewards.includes(node))) throw new Refusal('not-a-steward');
    if (charter.text === this.state.proposed?.text) return false;
    await this.change({ ...this.state, proposed: charter });
    return true;
  }

  /** With the signatures that the same charter had so far. Another proposal takes the place of the one before. */
  private joined(given: Charter): Charter {
    const { proposed } = this.state;
    if (proposed?.id !== given.id) return given;
    const [ours, theirs] = [partsOfSet(proposed.text), partsOfSet(given.text)];
    const isNew = given.signers.filter((node) => !proposed.signers.includes(node));
    if (isNew.length === 0) return proposed;
    const added = given.signers.flatMap((node, index) =>
      isNew.includes(node) ? [theirs.envelopes[index]!] : [],
    );
    const cards = [...new Set([...ours.cards, ...theirs.cards])].slice(0, SIGNERS_MAX);
    const text = formatSignedSet([...ours.envelopes, ...added].slice(0, SIGNERS_MAX), cards);
    if (text.length > CHARTER_CHARS_MAX) throw new Refusal('too-large');
    return openCharter(text);
  }

  private async change(state: State): Promise<void> {
    this.state = state;
    await this.settings.put(SETTING, this.shown());
  }
}
