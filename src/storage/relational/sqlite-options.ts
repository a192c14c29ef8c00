import Database from 'better-sqlite3';
import type { DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';
import { ROWS } from './rows/index.js';

/** How long a statement may wait for a lock, with the whole node waiting: nobody but a backup takes one. */
const LOCK_WAIT_MS = 100;

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

/** WAL lets snapshots be read while something is written; FULL makes a commit survive the loss of power. */
export function writingOptions(path: string): DataSourceOptions {
  return {
    ...SHARED,
    database: path,
    prepareDatabase: (database: Database.Database) => {
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('trusted_schema = OFF');
    },
  };
}

/** For long reads beside the writing connection. */
export function readingOptions(path: string): DataSourceOptions {
  return { ...SHARED, database: path, readonly: true };
}
