import type { Day } from '../../clock/day.js';
import { type KnownPeer, type Membership, standsForReports } from './membership.js';
import { INTRODUCTIONS_PER_CALL_MAX } from './messages.js';
import { type PeerCalls, PeerRefusedError } from './peer-calls.js';

/**
 * A hub below another one introduces its members there, each by its own card, and says how it stands. Told is what
 * changed since the last time; all of it again on another day, since the hub above may have forgotten.
 */
export class Introducing {
  private readonly told = new Map<string, string>();
  private toldOn: Day = '';

  constructor(
    private readonly membership: Membership,
    private readonly calls: Pick<PeerCalls, 'introduce'>,
    private readonly url: string,
  ) {}

  /** It is introduced again: the hub above takes no reports of it, and may not know it any more. */
  forget(nodeId: string): void {
    this.told.delete(nodeId);
  }

  /** False where the hub above takes no introductions of ours. Rejects when it could not be told. */
  async run(today: Day): Promise<boolean> {
    if (this.toldOn !== today) this.told.clear();
    this.toldOn = today;
    const due = this.membership
      .peers()
      .filter((peer) => standsForReports(peer.role) && this.told.get(peer.nodeId) !== this.markOf(peer));
    try {
      for (let start = 0; start < due.length; start += INTRODUCTIONS_PER_CALL_MAX)
        await this.introduce(due.slice(start, start + INTRODUCTIONS_PER_CALL_MAX));
      return true;
    } catch (error) {
      if (error instanceof PeerRefusedError && error.reason === 'not-a-sub-hub') return false;
      throw error;
    }
  }

  private async introduce(peers: readonly KnownPeer[]): Promise<void> {
    const members = peers.map(({ nodeId, card }) => ({ card, status: this.membership.statusOf(nodeId)! }));
    await this.calls.introduce(this.url, members);
    for (const peer of peers) this.told.set(peer.nodeId, this.markOf(peer));
  }

  private markOf({ nodeId, card }: KnownPeer): string {
    return `${this.membership.statusOf(nodeId)} ${card}`;
  }
}
