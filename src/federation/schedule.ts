import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { FederationNode } from './core/federation-node.js';
import { aboutMs, firstTurnMs, phaseOf, untilTurnMs } from './core/phase.js';

const ROUND = 'federation round';
const GOSSIP = 'federation gossip';
const RETRY = 'federation retry';
const TOTAL = 'federation total';
const FIRST = 'first federation round';
/** Totals are computed on a cadence, not per request. */
const TOTAL_MS = 60_000;
/** How often a node of a mesh brings its ledger in step with a few others. */
const GOSSIP_MS = 120_000;
/** How often exchanges that are behind are looked at; each has its own, longer delay. */
const RETRY_MS = 15_000;

/** Injection token: false for a node that was only opened for one command. */
export const EXCHANGES = Symbol('Exchanges');

/** When rounds and totals are due. A round that takes longer than its interval is not begun a second time. */
@Injectable()
export class FederationSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('federation');
  private running: Promise<void> | null = null;

  constructor(
    private readonly node: FederationNode,
    private readonly scheduler: SchedulerRegistry,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EXCHANGES) private readonly exchanges: boolean,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.exchanges) return;
    const { reportIntervalMs } = this.config;
    this.inTurn(ROUND, reportIntervalMs, () => this.runRound());
    this.every(RETRY, Math.min(RETRY_MS, reportIntervalMs), () => this.node.retry());
    this.every(TOTAL, Math.min(TOTAL_MS, reportIntervalMs), () => this.node.refreshTotal());
    if (this.config.role === 'peer')
      this.gossipAfter(this.untilTurnMs(Math.min(GOSSIP_MS, reportIntervalMs)));
    this.after(FIRST, this.firstRoundMs(), () => this.runRound());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const name of [RETRY, TOTAL])
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    for (const name of [FIRST, ROUND, GOSSIP])
      if (this.scheduler.doesExist('timeout', name)) this.scheduler.deleteTimeout(name);
    await this.running;
  }

  /** A round at once, after the one that may be under way. */
  async runNow(): Promise<void> {
    await this.running;
    await this.runRound({ force: true });
  }

  private runRound(options: { force?: boolean } = {}): Promise<void> {
    this.running ??= this.node
      .round(options)
      .catch((error: Error) => this.log.error(`${ROUND} failed: ${error.message}`))
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  /** A node that never exchanged anything is waited for by the person who has just set it up. */
  private firstRoundMs(): number {
    const isKnown = this.node.membership.peers().some(({ lastDeliveryMs }) => lastDeliveryMs !== null);
    return isKnown ? firstTurnMs(this.config.reportIntervalMs, phaseOf(this.node.nodeId)) : 0;
  }

  /** Once in every period, at this node's own place in it. */
  private inTurn(name: string, periodMs: number, work: () => Promise<void>): void {
    this.after(name, this.untilTurnMs(periodMs), async () => {
      this.inTurn(name, periodMs, work);
      await work();
    });
  }

  /** Now a little earlier and now a little later, so that no two nodes stay in each other's way. */
  private gossipAfter(waitMs: number): void {
    this.after(GOSSIP, waitMs, async () => {
      this.gossipAfter(aboutMs(Math.min(GOSSIP_MS, this.config.reportIntervalMs), Math.random()));
      await this.node.gossip();
    });
  }

  private untilTurnMs(periodMs: number): number {
    return untilTurnMs(this.clock.nowMs(), periodMs, phaseOf(this.node.nodeId));
  }

  private after(name: string, waitMs: number, work: () => Promise<void>): void {
    const run = () => {
      this.scheduler.deleteTimeout(name);
      void work().catch((error: Error) => this.log.error(`${name} failed: ${error.message}`));
    };
    this.scheduler.addTimeout(name, setTimeout(run, waitMs));
  }

  private every(name: string, intervalMs: number, work: () => Promise<void>): void {
    const run = () => void work().catch((error: Error) => this.log.error(`${name} failed: ${error.message}`));
    this.scheduler.addInterval(name, setInterval(run, intervalMs));
  }
}
