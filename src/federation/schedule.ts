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
const RETRY = 'federation retry';
const TOTAL = 'federation total';
/** Totals are computed on a cadence, not per request. */
const TOTAL_MS = 60_000;
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
    @Inject(EXCHANGES) private readonly exchanges: boolean,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.exchanges) return;
    const { reportIntervalMs } = this.config;
    this.every(ROUND, reportIntervalMs, () => this.runRound());
    this.every(RETRY, Math.min(RETRY_MS, reportIntervalMs), () => this.node.retry());
    this.every(TOTAL, Math.min(TOTAL_MS, reportIntervalMs), () => this.node.refreshTotal());
    void this.runRound();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const name of [ROUND, RETRY, TOTAL]) {
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    }
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

  private every(name: string, intervalMs: number, work: () => Promise<void>): void {
    const run = () => void work().catch((error: Error) => this.log.error(`${name} failed: ${error.message}`));
    this.scheduler.addInterval(name, setInterval(run, intervalMs));
  }
}
