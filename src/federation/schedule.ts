import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Config } from '../config/config.js';
import { CONFIG } from '../http/tokens.js';
import { FederationNode } from './core/federation-node.js';

const ROUND = 'federation round';
const TOTAL = 'federation total';
/** Totals are computed on a cadence, not per request. */
const TOTAL_MS = 60_000;

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
    @Inject(EXCHANGES) private readonly exchanges: boolean,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.exchanges) return;
    const { reportIntervalMs } = this.config;
    this.scheduler.addInterval(
      ROUND,
      setInterval(() => this.runRound(), reportIntervalMs),
    );
    this.scheduler.addInterval(
      TOTAL,
      setInterval(() => this.runTotal(), Math.min(TOTAL_MS, reportIntervalMs)),
    );
    void this.runRound();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const name of this.scheduler.getIntervals()) this.scheduler.deleteInterval(name);
    await this.running;
  }

  /** One round now; joins the one that is under way. */
  runRound(options: { force?: boolean } = {}): Promise<void> {
    this.running ??= this.node
      .round(options)
      .catch((error: Error) => this.log.error(`the round failed: ${error.message}`))
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private runTotal(): void {
    this.node.refreshTotal().catch((error: Error) => this.log.error(`the total failed: ${error.message}`));
  }
}
