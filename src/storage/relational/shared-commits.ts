import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { StoreUnavailableError } from '../count-store.js';
import type { RelationalConnection } from './relational-connection.js';
import { LOCK_WAIT_MS } from './sqlite-options.js';
import { asStoreError, isLocked } from './store-errors.js';

/** As many as a queue of operations: a store of a report waits with some 50 kB of sketches. */
const WAITING_MAX = 1_000;
/** Of the time a commit took: so long none begins after it. */
const RESTS = 4;
/** The thread that copies the log holds the lock for up to a tenth of a second. */
const LOCKED_RETRY_MS = 5;
const LOCKED_MAX_MS = 2000;

interface Waiting {
  work(database: Database): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Changes that arrive together are one transaction, with one fsync; after each a rest follows that is longer than it took,
 * so that many small ones don't take all of the thread. A change that fails leaves
 * nothing of itself and the others alone; when the database can't be written, all of the group fail.
 */
export class SharedCommits {
  private waiting: Waiting[] = [];
  /** By the monotonic clock. */
  private restsUntilMs = 0;

  constructor(private readonly connection: RelationalConnection) {}

  /** Durable when it resolves. Rejects with StoreUnavailableError, or with what the work threw. */
  add<Result>(work: (database: Database) => Result): Promise<Result> {
    if (this.waiting.length >= WAITING_MAX) {
      const reason = `${this.waiting.length} changes of the records are already waiting`;
      return Promise.reject(new StoreUnavailableError(reason));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, resolve: (result) => resolve(result as Result), reject });
      if (this.waiting.length === 1) this.schedule();
    });
  }

  /** Resolves when all that was added has been written or has failed. */
  async idle(): Promise<void> {
    while (this.waiting.length > 0) await this.commit();
  }

  private schedule(): void {
    const restMs = this.restsUntilMs - performance.now();
    if (restMs <= 0) setImmediate(() => void this.commit());
    else setTimeout(() => void this.commit(), restMs);
  }

  /** Waits for whoever else is writing, without holding up the thread. */
  private async commit(): Promise<void> {
    const endMs = performance.now() + LOCKED_MAX_MS;
    for (;;) {
      try {
        return await this.connection.bare((database) => this.write(database));
      } catch (error) {
        if (!isLocked(error) || performance.now() >= endMs) {
          for (const { reject } of this.take()) reject(error);
          return;
        }
        await sleep(LOCKED_RETRY_MS);
      }
    }
  }

  /** What waits goes on waiting when this throws. */
  private write(database: Database): void {
    const begunMs = performance.now();
    database.pragma('busy_timeout = 0');
    try {
      const group = this.waiting;
      const settle = database.transaction(() => group.map((one) => attempt(one, database))).immediate();
      this.take();
      for (const settled of settle) settled();
    } finally {
      database.pragma(`busy_timeout = ${LOCK_WAIT_MS}`);
      const endedMs = performance.now();
      this.restsUntilMs = endedMs + RESTS * (endedMs - begunMs);
    }
  }

  private take(): Waiting[] {
    const group = this.waiting;
    this.waiting = [];
    return group;
  }
}

/** Answers how to tell the caller, once all of it is on the disk. Throws what concerns the whole group. */
function attempt({ work, resolve, reject }: Waiting, database: Database): () => void {
  try {
    const result = database.transaction(() => work(database))();
    return () => resolve(result);
  } catch (error) {
    const isOfAll = !database.inTransaction || asStoreError(error) instanceof StoreUnavailableError;
    if (isOfAll) throw error;
    return () => reject(error);
  }
}
