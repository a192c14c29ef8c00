import type { Database } from 'better-sqlite3';

/**
 * The tables of counts.sqlite, step by step. A step that was released is never changed: a new one follows it.
 * `PRAGMA user_version` says how many have been taken.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE sketches (
     name TEXT PRIMARY KEY,
     day TEXT,
     hour TEXT,
     hyll BLOB NOT NULL
   );
   CREATE INDEX sketches_by_day ON sketches (day) WHERE day IS NOT NULL;
   CREATE TABLE days (
     day TEXT PRIMARY KEY,
     hits INTEGER NOT NULL DEFAULT 0,
     imported_uniques INTEGER
   ) WITHOUT ROWID;
   CREATE TABLE dropped (
     day TEXT NOT NULL,
     reason TEXT NOT NULL,
     hits INTEGER NOT NULL,
     PRIMARY KEY (day, reason)
   ) WITHOUT ROWID;
   CREATE TABLE hours (hour TEXT PRIMARY KEY, hits INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE idempotency (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX idempotency_by_age ON idempotency (at_ms);`,
  'CREATE TABLE raised (name TEXT NOT NULL, registers BLOB NOT NULL)',
];

/** The file was written by a newer version of the software. */
export class CountsTooNewError extends Error {
  override readonly name = 'CountsTooNewError';

  constructor(version: number) {
    super(
      `counts.sqlite has schema ${version}, but this version knows only up to ${STEPS.length}: ` +
        'run the newer version again, or restore a backup',
    );
  }
}

/** Brings the tables up to date, each step in a transaction of its own. Throws CountsTooNewError. */
export function migrateCounts(database: Database): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > STEPS.length) throw new CountsTooNewError(version);
  STEPS.slice(version).forEach((step, index) => {
    database.transaction(() => {
      database.exec(step);
      database.pragma(`user_version = ${version + index + 1}`);
    })();
  });
}
