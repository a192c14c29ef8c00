import type { Clock } from '../../clock/clock.js';
import { dayOf } from '../../clock/day.js';
import { openCard } from '../../protocol/card.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import type { PeerStatus } from '../../storage/peer-store.js';
import { type Membership, rosterEntry } from './membership.js';
import type { Introduction, IntroductionOutcome } from './messages.js';
import type { Policy } from './policy.js';
import { statusOn } from './roster.js';

export interface IntroductionsOptions {
  membership: Membership;
  clock: Clock;
  policy: Policy;
  countRefusal(reason: RefusalReason): void;
}

/**
 * Hubs below this one introduce their members. A person here has appointed each such hub, and with it whomever it lets
 * in: none of them stands better here than their hub does. Each still speaks only under its own signature.
 */
export class Introductions {
  constructor(private readonly options: IntroductionsOptions) {}

  /** One outcome for each, in order. Throws Refusal for a caller that nobody appointed. */
  async take(caller: string, introduced: readonly Introduction[]): Promise<IntroductionOutcome[]> {
    const hub = this.options.membership.peer(caller);
    if (hub?.role !== 'sub-hub') throw new Refusal('not-a-sub-hub');
    const { clock, policy } = this.options;
    const standing = statusOn(rosterEntry(hub), dayOf(clock.nowMs()), policy);
    const outcomes: IntroductionOutcome[] = [];
    for (const one of introduced) outcomes.push(await this.takeOne(caller, standing, one));
    return outcomes;
  }

  private async takeOne(
    caller: string,
    standing: PeerStatus,
    { card, status }: Introduction,
  ): Promise<IntroductionOutcome> {
    try {
      const opened = openCard(card);
      const vouched = vouchedStatus(standing, status);
      return { status: await this.options.membership.introduce(caller, opened, card, vouched) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.countRefusal(error.reason);
      return { refused: error.reason };
    }
  }
}

/** Null for a member that its own hub does not count (any more). */
function vouchedStatus(hub: PeerStatus, there: PeerStatus): 'probation' | 'active' | null {
  if (there !== 'active' && there !== 'probation') return null;
  return hub === 'active' ? there : 'probation';
}
