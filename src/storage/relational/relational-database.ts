import { open } from 'node:fs/promises';
import type { Database } from 'better-sqlite3';
import type { DataSource, EntityManager } from 'typeorm';
import { CheckpointThread } from './checkpoint-thread.js';
import { migrate } from './migrations/migrate.js';
import { RelationalConnection } from './relational-connection.js';
import { SharedCommits } from './shared-commits.js';
import {
  CHECKPOINT_PAGES,
  CHECKPOINT_PAGES_AT_LAST,
  readingOptions,
  writingOptions,
} from './sqlite-options.js';
import { asStoreError } from './store-errors.js';

export interface DatabaseOptions {
  /** Hundreds of reports a second may come in. */
  isBusy: boolean;
}

/**
 * The database of the records, as its adapters use it: one connection that writes and answers short reads,
 * each in its turn, and a second one for long reads, which see one moment and hold up nobody.
 */
export class RelationalDatabase {
  private readonly writing: RelationalConnection;
  private readonly reading: RelationalConnection;
  private readonly commits: SharedCommits;
  private checkpoints: CheckpointThread | null = null;

  private constructor(path: string, { isBusy }: DatabaseOptions) {
    this.writing = new RelationalConnection(
      writingOptions(path, isBusy ? CHECKPOINT_PAGES_AT_LAST : undefined),
    );
    this.reading = new RelationalConnection(readingOptions(path));
    this.commits = new SharedCommits(this.writing);
  }

  /**
   * Opens the file, creating it (mode 0600) and bringing its tables up to date. Rejects with
   * StoreUnavailableError, or with DatabaseTooNewError when a newer version has written it.
   */
  static async open(path: string, options: DatabaseOptions = { isBusy: false }): Promise<RelationalDatabase> {
    await createFile(path);
    const database = new RelationalDatabase(path, options);
    try {
      await database.writing.run(migrate);
      if (options.isBusy) database.checkpoints = new CheckpointThread(path, () => database.checkpointAgain());
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  /** One transaction, durable when it resolves. */
  write<Result>(work: (rows: EntityManager) => Promise<Result>): Promise<Result> {
    return this.writing.transaction(work);
  }

  /** A change by statements of one's own, in one transaction with all others of the moment. Durable when it resolves. */
  change<Result>(work: (database: Database) => Result): Promise<Result> {
    return this.commits.add(work);
  }

  /** A short read of committed rows, by statements of one's own. */
  look<Result>(work: (database: Database) => Result): Promise<Result> {
    return this.writing.bare(work);
  }

  /** A short read of committed rows. */
  read<Result>(work: (rows: EntityManager) => Promise<Result>): Promise<Result> {
    return this.writing.run((source: DataSource) => work(source.manager));
  }

  /** A long read: every statement of it sees the same moment. It should let the node breathe between pages. */
  snapshot<Result>(work: (rows: EntityManager) => Promise<Result>): Promise<Result> {
    return this.reading.transaction(work);
  }

  /** Without the thread. */
  private checkpointAgain(): void {
    void this.writing
      .bare((database) => database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`))
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.commits.idle();
    await this.checkpoints?.close();
    await this.reading.close();
    await this.writing.close();
  }
}

/** SQLite would create it readable by others; its WAL takes the mode of the file. */
async function createFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'a', 0o600);
    await file.close();
  } catch (error) {
    throw asStoreError(error);
  }
}
