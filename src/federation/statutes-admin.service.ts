import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import type { Charter } from '../protocol/charter.js';
import { Refusal } from '../protocol/refusal.js';
import type { Records } from '../storage/records.js';
import { FederationNode } from './core/federation-node.js';
import type { ProposedCharter } from './core/statutes.js';
import { FederationSchedule } from './schedule.js';

interface CharterView {
  id: string;
  number: number;
  stewards: string[];
  threshold: number;
  /** Below so many visitors a day nobody shares a sketch. */
  sketchMinimum: number;
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

  /** As the hub shows it now, where it answers. */
  async look(): Promise<StatutesView> {
    await this.node.lookForStatutes();
    return this.view();
  }

  private view(): StatutesView {
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

  async propose(given: ProposedCharter, by: string): Promise<StatutesView> {
    await this.demandSteward();
    const { stewards, threshold, sketchMinimum } = given;
    const subject = {
      ...{ stewards: stewards.join(' '), threshold: String(threshold) },
      ...(sketchMinimum !== undefined && { sketchMinimum: String(sketchMinimum) }),
    };
    return this.signing('propose charter', subject, by, () => this.node.statutes.propose(given));
  }

  async signCharter(by: string): Promise<StatutesView> {
    await this.demandSteward();
    if (!this.node.statutes.charters.proposed) throw refused('No charter waits for signatures.');
    return this.signing('sign charter', {}, by, () => this.node.statutes.sign());
  }

  async signRoster(by: string): Promise<StatutesView> {
    await this.demandSteward();
    return this.signing('sign roster', {}, by, async () => {
      if ((await this.node.statutes.signRoster()) === null)
        throw refused('No hub asks this node to sign a roster.');
    });
  }

  /** By the charter that is in force now, not when the hub was last asked. */
  private async demandSteward(): Promise<void> {
    await this.node.lookForStatutes();
    const { charters } = this.node.statutes;
    if (!charters.charter) throw refused('This node knows of no charter: its hub signs the first one.');
    if (!charters.isSteward(this.node.nodeId))
      throw refused('This node is no steward: `headcount federation charter` names those who sign.');
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
      if (error instanceof Refusal) throw refused(error.message);
      throw error;
    }
    await this.records.audit.append({ atMs: this.clock.nowMs(), by, action, subject, why: '' });
    this.node.lookForKeyings();
    await this.schedule.runNow();
    return this.view();
  }
}

function charterView({ id, fields, signers }: Charter): CharterView {
  const { number, stewards, threshold, sketchMinimum, issuedAt } = fields;
  return { id, number, stewards, threshold, sketchMinimum, signers: [...signers], issuedAt };
}

function refused(detail: string): ProblemError {
  return new ProblemError('conflict', detail);
}
