import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { type Day, isoSeconds } from '../clock/day.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import type { Records } from '../storage/records.js';
import type { Supposed } from './core/effects.js';
import { FederationNode } from './core/federation-node.js';
import { demandKnown } from './known-origin.js';
import { heldReport } from './origin-view.js';
import type { EffectView, EvidenceView } from './preview-views.js';

/** What an administrator looks at before deciding. */
@Injectable()
export class Previews {
  constructor(
    private readonly node: FederationNode,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async effect({ origin, day, action }: Supposed): Promise<EffectView> {
    if (!this.node.publishes)
      throw new ProblemError('not-found', 'This node publishes no total: ask its hub.', { field: 'node' });
    demandKnown(this.node, origin);
    const effect = await this.node.effects.preview({ origin, day, action });
    if (!effect) throw new ProblemError('not-found', 'This node is in no federation.', { field: 'node' });
    return { node: origin, day, action, asOf: isoSeconds(this.clock.nowMs()), ...effect };
  }

  async evidence(node: string, day: Day): Promise<EvidenceView> {
    const evidence = await this.node.evidence(node, day);
    const slot = await this.records.ledger.slot(node, day);
    if (!evidence || !slot)
      throw new ProblemError('not-found', `No report of ${day} of that node is held.`, { field: 'day' });
    const decision = await this.records.ledger.decision(node, day, slot.accepted.seq);
    return { node, held: heldReport(slot, decision), ...evidence };
  }
}
