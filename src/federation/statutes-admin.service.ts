import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import type { Charter } from '../protocol/charter.js';
import { Refusal } from '../protocol/refusal.js';
import type { Records } from '../storage/records.js';
import { FederationNode } from './core/federation-node.js';
import type { NewStewards } from './core/statutes.js';
import { FederationSchedule } from './schedule.js';

interface CharterView {
  id: string;
  number: number;
  stewards: string[];
  threshold: number;
  signers: string[];
  issuedAt: string;
}

export interface StatutesView {
  charter: CharterView | null;
  /** The next one, while stewards have not signed it yet. */
  proposed: CharterView | null;
  roster: {
    number: number;
    signer: string;
    issuedAt: string;
    expiresAt: string;
    members: {
      node: string;
      url: string | null;
      role: string;
      counting: boolean;
      status: string;
      since: string;
    }[];
  } | null;
}

/** What an administrator sees of charter and roster, and signs as a steward. */
@Injectable()
export class StatutesAdmin {
  constructor(
    private readonly node: FederationNode,
    private readonly schedule: FederationSchedule,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RECORDS) private readonly records: Records,
  ) {}

  view(): StatutesView {
    const { charters, rosters } = this.node.statutes;
    const { roster } = rosters;
    return {
      charter: charters.charter && charterView(charters.charter),
      proposed: charters.proposed && charterView(charters.proposed),
      roster: roster && {
        ...{ number: roster.number, signer: roster.signer },
        ...{ issuedAt: roster.issuedAt, expiresAt: roster.expiresAt },
        members: roster.members.map(([node, url, role, counting, status, since]) => ({
          ...{ node, url, role, counting, status, since },
        })),
      },
    };
  }

  propose(given: NewStewards, by: string): Promise<StatutesView> {
    const subject = { stewards: given.stewards.join(' '), threshold: String(given.threshold) };
    return this.signing('propose charter', subject, by, () => this.node.statutes.propose(given));
  }

  signCharter(by: string): Promise<StatutesView> {
    return this.signing('sign charter', {}, by, () => this.node.statutes.sign());
  }

  signRoster(by: string): Promise<StatutesView> {
    return this.signing('sign roster', {}, by, async () => {
      if ((await this.node.statutes.signRoster()) === null)
        throw new ProblemError('conflict', 'No hub asks this node to sign a roster.');
    });
  }

  private async signing(
    action: string,
    subject: Record<string, string>,
    by: string,
    sign: () => Promise<unknown>,
  ): Promise<StatutesView> {
    try {
      await sign();
    } catch (error) {
      if (error instanceof Refusal) throw new ProblemError('conflict', error.message);
      throw error;
    }
    await this.records.audit.append({ atMs: this.clock.nowMs(), by, action, subject, why: '' });
    this.node.lookForKeyings();
    await this.schedule.runNow();
    return this.view();
  }
}

function charterView({ id, fields, signers }: Charter): CharterView {
  const { number, stewards, threshold, issuedAt } = fields;
  return { id, number, stewards, threshold, signers: [...signers], issuedAt };
}
