import type { Clock } from '../../clock/clock.js';
import { isoSeconds } from '../../clock/day.js';
import type { Charter } from '../../protocol/charter.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal } from '../../protocol/refusal.js';
import {
  openRoster,
  ROSTER_VALID_MS,
  type RosterMember,
  type SignedRoster,
  signRoster,
} from '../../protocol/signed-roster.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import type { CharterBook } from './charter-book.js';
import { KeyedTurns } from './keyed-turns.js';

const SETTING = 'roster';
const SKEW_MS = 300_000;

interface State {
  /** The newest that is known, and whatever else has its number. */
  rosters: readonly SignedRoster[];
}

/**
 * The newest roster that a steward signed. Two of one number contradict each other: neither applies until there is
 * one with a higher number.
 */
export class RosterBook {
  private readonly turns = new KeyedTurns();

  private constructor(
    private readonly settings: SettingsStore,
    private readonly clock: Clock,
    private readonly charters: CharterBook,
    private state: State,
  ) {}

  static async open(settings: SettingsStore, clock: Clock, charters: CharterBook): Promise<RosterBook> {
    const kept = ((await settings.get(SETTING)) ?? []) as string[];
    return new RosterBook(settings, clock, charters, { rosters: kept.map(openRoster) });
  }

  /** The one that applies, expired or not. */
  get roster(): SignedRoster | null {
    const [newest, other] = this.state.rosters;
    return newest && !other ? newest : null;
  }

  get isContradicted(): boolean {
    return this.state.rosters.length > 1;
  }

  /** After that totals go on, and nobody joins. */
  get isExpired(): boolean {
    const { roster } = this;
    return roster !== null && Date.parse(roster.expiresAt) < this.clock.nowMs();
  }

  /** As others get it: with what contradicts it. */
  shownUnder(charter: Charter | null): string[] {
    return this.state.rosters.filter((one) => one.charter === charter?.id).map(({ text }) => text);
  }

  /**
   * Takes a roster of a steward. False when it was known. Throws Refusal: `not-a-steward`, `charter-mismatch`,
   * `roster-too-old`, and `roster-conflict` once the contradiction is noted.
   */
  take(text: string, federation: string): Promise<boolean> {
    return this.turns.take(SETTING, async () => {
      if (this.state.rosters.some((one) => one.text === text)) return false;
      const roster = openRoster(text);
      this.refuse(roster, federation);
      const [newest] = this.state.rosters;
      if (newest && roster.number < newest.number) throw new Refusal('roster-too-old');
      if (newest?.number !== roster.number) {
        await this.keep([roster]);
        return true;
      }
      if (this.state.rosters.some(({ id }) => id === roster.id)) return false;
      if (!this.isContradicted) await this.keep([newest, roster]);
      throw new Refusal('roster-conflict');
    });
  }

  /** Signs who is in, as a steward, when that has changed or half of the time is over. */
  async sign(
    members: readonly RosterMember[],
    federation: string,
    key: NodeKey,
    card: string,
  ): Promise<void> {
    const { charter } = this.charters;
    if (!charter || !this.charters.isSteward(key.nodeId)) return;
    const nowMs = this.clock.nowMs();
    const [newest] = this.state.rosters;
    if (this.roster && isStill(this.roster, members, charter.id, nowMs)) return;
    const fields = {
      ...{ federation, charter: charter.id, number: (newest?.number ?? 0) + 1, members: [...members] },
      issuedAt: isoSeconds(nowMs),
      expiresAt: isoSeconds(nowMs + ROSTER_VALID_MS),
    };
    await this.take(signRoster(fields, key, card), federation);
  }

  private refuse(roster: SignedRoster, federation: string): void {
    if (roster.federation !== federation) throw new Refusal('other-federation');
    if (roster.charter !== this.charters.charter?.id) throw new Refusal('charter-mismatch');
    if (!this.charters.isSteward(roster.signer)) throw new Refusal('not-a-steward');
    if (Date.parse(roster.issuedAt) > this.clock.nowMs() + SKEW_MS) throw new Refusal('issued-in-the-future');
  }

  private async keep(rosters: readonly SignedRoster[]): Promise<void> {
    this.state = { rosters };
    await this.settings.put(
      SETTING,
      rosters.map(({ text }) => text),
    );
  }
}

function isStill(
  roster: SignedRoster,
  members: readonly RosterMember[],
  charter: string,
  nowMs: number,
): boolean {
  const isFresh = Date.parse(roster.expiresAt) - nowMs > ROSTER_VALID_MS / 2;
  return isFresh && roster.charter === charter && JSON.stringify(roster.members) === JSON.stringify(members);
}
