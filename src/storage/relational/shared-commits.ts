import type { Database } from 'better-sqlite3';
import { StoreUnavailableError } from '../count-store.js';
import type { RelationalConnection } from './relational-connection.js';
import { asStoreError } from './store-errors.js';

/** As many as a queue of operations: a store of a report waits with some 50 kB of sketches. */
const WAITING_MAX = 1_000;

interface Waiting {
  work(database: Database): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Changes that arrive in one turn of the event loop are one transaction, with one fsync. A change that fails leaves
 * nothing of itself and the others alone; when the database can't be written, all of the group fail.
 */
export class SharedCommits {
  private waiting: Waiting[] = [];

  constructor(private readonly connection: RelationalConnection) {}

  /** Durable when it resolves. Rejects with StoreUnavailableError, or with what the work threw. */
  add<Result>(work: (database: Database) => Result): Promise<Result> {
    if (this.waiting.length >= WAITING_MAX) {
      const reason = `${this.waiting.length} changes of the records are already waiting`;
      return Promise.reject(new StoreUnavailableError(reason));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, resolve: (result) => resolve(result as Result), reject });
      if (this.waiting.length === 1) setImmediate(() => void this.commit());
    });
  }

  /** Resolves when all that was added has been written or has failed. */
  async idle(): Promise<void> {
    while (this.waiting.length > 0) await this.commit();
  }

  private async commit(): Promise<void> {
    let group: Waiting[] = [];
    try {
      await this.connection.bare((database) => {
        group = this.take();
        const settle = database.transaction(() => group.map((one) => attempt(one, database))).immediate();
        for (const settled of settle) settled();
      });
    } catch (error) {
      // Refused before its turn came: those that wait would wait for ever.
      if (group.length === 0) group = this.take();
      for (const { reject } of group) reject(error);
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
