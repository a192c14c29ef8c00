import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { isoSeconds } from '../clock/day.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK } from '../http/tokens.js';
import type { AlertsAnswer, AlertView } from './alert-views.js';
import { AlertBoard, type StandingAlert } from './core/alerts/alert-board.js';
import { AlertWatch } from './core/alerts/alert-watch.js';
import type { Decider } from './core/decisions.js';
import { FederationNode } from './core/federation-node.js';

/** What an administrator is told of, and has seen. */
@Injectable()
export class Alerts {
  constructor(
    private readonly node: FederationNode,
    private readonly watch: AlertWatch,
    private readonly board: AlertBoard,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async standing(): Promise<AlertsAnswer> {
    await this.watch.look();
    const counts = Object.fromEntries(this.board.counts());
    const alerts = this.board.all().map((alert) => this.viewOf(alert));
    return { alerts, counts, asOf: isoSeconds(this.clock.nowMs()) };
  }

  async acknowledge(id: string, decider: Decider): Promise<AlertView> {
    const alert = await this.board.acknowledge(id, decider);
    if (alert) return this.viewOf(alert);
    throw new ProblemError('not-found', 'No such alert stands.', { field: 'id' });
  }

  private viewOf({ sinceMs, acknowledged, ...alert }: StandingAlert): AlertView {
    const seen = acknowledged && {
      by: acknowledged.by,
      why: acknowledged.why,
      at: isoSeconds(acknowledged.atMs),
    };
    const names = { nodeName: this.nameOf(alert.node), otherName: this.nameOf(alert.other) };
    return { ...alert, ...names, since: isoSeconds(sinceMs), acknowledged: seen };
  }

  private nameOf(node: string | null): string | null {
    return (node && this.node.membership.peer(node)?.opened.name) ?? null;
  }
}
