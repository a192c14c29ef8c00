import { StoreUnavailableError, type Visit } from './count-store.js';

/** Visits that are counted together or not at all. */
export interface PendingVisits {
  visits: readonly Visit[];
  idempotencyKey: string | null;
}

export type Recorded = 'recorded' | 'repeated';

/** Writes all of it in one transaction and answers for each in order, or rejects and has written nothing. */
export type WriteVisits = (pending: readonly PendingVisits[]) => Promise<Recorded[]>;

/** How the writing of visits goes, since the start. */
export interface CommitFigures {
  commits: number;
  visits: number;
  /** That were refused or failed, and told so to whoever sent them. */
  failedVisits: number;
  seconds: number;
  waitingVisits: number;
}

export const NO_COMMITS: CommitFigures = {
  ...{ commits: 0, visits: 0, failedVisits: 0, seconds: 0, waitingVisits: 0 },
};

interface Waiting extends PendingVisits {
  resolve(outcome: Recorded): void;
  reject(error: unknown): void;
}

/** More than this waiting means that the store can't keep up: callers hear it at once, and nothing blocks. */
const WAITING_VISITS_MAX = 100_000;

/**
 * Group commit: one flush to the disk for all visits that arrived while the last was written, so that durable
 * costs little more than not. A flush begins when the event loop has read everything that was waiting on its
 * sockets; a lone visit therefore waits for nobody, and a crowd shares one commit.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private waitingVisits = 0;
  private isScheduled = false;
  private flushing: Promise<void> = Promise.resolve();
  private readonly sums = { commits: 0, visits: 0, failedVisits: 0, seconds: 0 };

  constructor(
    private readonly write: WriteVisits,
    private readonly waitingVisitsMax = WAITING_VISITS_MAX,
  ) {}

  /** Resolves when the visits are durable. Rejects with what the write rejected with, or when too many wait. */
  add(visits: readonly Visit[], idempotencyKey: string | null = null): Promise<Recorded> {
    if (this.waitingVisits + visits.length > this.waitingVisitsMax) {
      this.sums.failedVisits += visits.length;
      return Promise.reject(new StoreUnavailableError(`${this.waitingVisits} visits are already waiting`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ visits, idempotencyKey, resolve, reject });
      this.waitingVisits += visits.length;
      this.schedule();
    });
  }

  get figures(): CommitFigures {
    return { ...this.sums, waitingVisits: this.waitingVisits };
  }

  /** Resolves when all that was added has been written or has failed. */
  async idle(): Promise<void> {
    while (this.waiting.length > 0 || this.isScheduled) await this.flush();
    await this.flushing;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => void this.flush());
  }

  /** One at a time: what arrives meanwhile goes with the next. */
  private flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.writeWaiting());
    return this.flushing;
  }

  private async writeWaiting(): Promise<void> {
    const group = this.waiting;
    const visits = this.waitingVisits;
    this.waiting = [];
    this.waitingVisits = 0;
    this.isScheduled = false;
    if (group.length === 0) return;
    const startMs = performance.now();
    try {
      const outcomes = await this.write(group);
      this.sums.commits += 1;
      this.sums.visits += visits;
      this.sums.seconds += (performance.now() - startMs) / 1000;
      group.forEach(({ resolve }, index) => {
        resolve(outcomes[index]!);
      });
    } catch (error) {
      this.sums.failedVisits += visits;
      for (const { reject } of group) reject(error);
    }
  }
}
