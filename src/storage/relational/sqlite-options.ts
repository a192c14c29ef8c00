import Database from 'better-sqlite3';
import type { DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';
import { ROWS } from './rows/index.js';

/** How long a statement may wait for a lock, with the whole node waiting: nobody but a backup takes one. */
export const LOCK_WAIT_MS = 100;

const SHARED = {
  type: 'better-sqlite3',
  driver: Database,
  entities: ROWS,
  migrations: MIGRATIONS,
  migrationsTransactionMode: 'all',
  migrationsRun: false,
  synchronize: false,
  logging: false,
  timeout: LOCK_WAIT_MS,
  fileMustExist: true,
} as const;

/** After so many pages in the log the commit that writes them copies them into the file. It is SQLite's own figure. */
export const CHECKPOINT_PAGES = 1000;
/** Where a thread of its own does that, a commit does only when the thread can't keep up (1 GB). */
export const CHECKPOINT_PAGES_AT_LAST = 262_144;
/** What the log keeps of the disk after it was long. */
const LOG_BYTES_KEPT = 67_108_864;

/** WAL lets snapshots be read while something is written; FULL makes a commit survive the loss of power. */
export function writingOptions(path: string, checkpointPages = CHECKPOINT_PAGES): DataSourceOptions {
  return {
    ...SHARED,
    database: path,
    prepareDatabase: (database: Database.Database) => {
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma(`wal_autocheckpoint = ${checkpointPages}`);
      database.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
      database.pragma('trusted_schema = OFF');
    },
  };
}

/** For long reads beside the writing connection. */
export function readingOptions(path: string): DataSourceOptions {
  return { ...SHARED, database: path, readonly: true };
}
