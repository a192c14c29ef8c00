import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { AlertBoard, type StandingAlert } from './core/alerts/alert-board.js';
import { AlertWatch } from './core/alerts/alert-watch.js';
import { EXCHANGES } from './schedule.js';

const LOOK = 'alerts';
const SEARCH = 'near-copy search';
const FIRST_SEARCH = 'first near-copy search';
const LOOK_MS = 60_000;
/** Copies are of days, not of minutes; in a large federation the search takes a thread up to a minute. */
const SEARCH_MS = 6 * 3_600_000;
const FIRST_SEARCH_MS = 5 * 60_000;

/** When alerts are looked for, and that new ones are in the log. */
@Injectable()
export class AlertSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('alerts');
  private readonly unsubscribe: () => void;
  private searching: Promise<void> | null = null;

  constructor(
    private readonly watch: AlertWatch,
    board: AlertBoard,
    private readonly scheduler: SchedulerRegistry,
    @Inject(EXCHANGES) private readonly exchanges: boolean,
  ) {
    this.unsubscribe = board.subscribe((raised) => this.tell(raised));
  }

  onApplicationBootstrap(): void {
    if (!this.exchanges) return;
    this.scheduler.addInterval(
      LOOK,
      setInterval(() => this.attempt(LOOK, this.watch.look()), LOOK_MS),
    );
    this.scheduler.addInterval(
      SEARCH,
      setInterval(() => this.search(), SEARCH_MS),
    );
    this.scheduler.addTimeout(
      FIRST_SEARCH,
      setTimeout(() => this.search(), FIRST_SEARCH_MS),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.unsubscribe();
    for (const name of [LOOK, SEARCH])
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    if (this.scheduler.doesExist('timeout', FIRST_SEARCH)) this.scheduler.deleteTimeout(FIRST_SEARCH);
    await this.searching;
  }

  private search(): void {
    this.searching ??= this.attempt(SEARCH, this.watch.searchCopies()).finally(() => {
      this.searching = null;
    });
  }

  private attempt(name: string, work: Promise<void>): Promise<void> {
    return work.catch((error: Error) => this.log.error(`${name} failed: ${error.message}`));
  }

  private tell(raised: readonly StandingAlert[]): void {
    for (const { name, node, other, measured, threshold } of raised)
      this.log.warn({ alert: name, node, other, measured, threshold });
  }
}
