import { open } from 'node:fs/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { migrate } from './migrations/migrate.js';
import { RelationalConnection } from './relational-connection.js';
import { readingOptions, writingOptions } from './sqlite-options.js';
import { asStoreError } from './store-errors.js';

/**
 * The database of the records, as its adapters use it: one connection that writes and answers short reads,
 * each in its turn, and a second one for long reads, which see one moment and hold up nobody.
 */
export class RelationalDatabase {
  private readonly writing: RelationalConnection;
  private readonly reading: RelationalConnection;

  private constructor(path: string) {
    this.writing = new RelationalConnection(writingOptions(path));
    this.reading = new RelationalConnection(readingOptions(path));
  }

  /**
   * Opens the file, creating it (mode 0600) and bringing its tables up to date. Rejects with
   * StoreUnavailableError, or with DatabaseTooNewError when a newer version has written it.
   */
  static async open(path: string): Promise<RelationalDatabase> {
    await createFile(path);
    const database = new RelationalDatabase(path);
    try {
      await database.writing.run(migrate);
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

  /** A short read of committed rows. */
  read<Result>(work: (rows: EntityManager) => Promise<Result>): Promise<Result> {
    return this.writing.run((source: DataSource) => work(source.manager));
  }

  /** A long read: every statement of it sees the same moment. It should let the node breathe between pages. */
  snapshot<Result>(work: (rows: EntityManager) => Promise<Result>): Promise<Result> {
    return this.reading.transaction(work);
  }

  async close(): Promise<void> {
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
