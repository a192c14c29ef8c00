import Database from 'better-sqlite3';

/** 8 MB at a time, so that the node goes on answering between two steps. */
const PAGES_A_STEP = 2_000;

/**
 * Copies a database that is in use. The copy is of one moment: a transaction is held open for as long as it takes, so
 * that SQLite has no reason to begin again when somebody writes meanwhile.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true });
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    await source.backup(to, { progress: () => PAGES_A_STEP });
    source.exec('COMMIT');
  } finally {
    source.close();
  }
}
