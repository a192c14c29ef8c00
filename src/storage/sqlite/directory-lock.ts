import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DataDirectoryInUseError, DataDirectoryUnusableError } from '../data-directory-errors.js';
import { dataPathsOf } from '../data-paths.js';
import { errorCodeOf } from '../error-code.js';

/**
 * Held locks. A connection that nobody refers to is closed by the garbage collector, and its lock with it, so a
 * caller that dropped the DirectoryLock would have lost the lock without a word.
 */
const HELD = new Set<Database.Database>();

/**
 * One node per data directory: an exclusive transaction on a tiny SQLite file, open as long as the node runs. It is
 * the kernel that holds the lock, so nothing is left to clean up after `kill -9`.
 *
 * Traps. POSIX locks belong to the process: if anything else in it opens and closes `node.lock`, the lock is gone;
 * hence the pid is in a file beside it. On a network file system the lock is as good as its server's.
 */
export class DirectoryLock {
  private constructor(
    private readonly database: Database.Database,
    private readonly holderPath: string,
  ) {}

  /**
   * Throws DataDirectoryInUseError at once when another node holds it, DataDirectoryUnusableError when the file
   * can't be locked at all.
   */
  static take(dataDir: string): DirectoryLock {
    const paths = dataPathsOf(dataDir);
    const database = lockFile(dataDir, paths.lock, paths.lockHolder);
    HELD.add(database);
    return new DirectoryLock(database, paths.lockHolder);
  }

  /** Lets another node in. Nothing happens the second time. */
  release(): void {
    if (!HELD.delete(this.database)) return;
    rmSync(this.holderPath, { force: true });
    this.database.close();
  }
}

function lockFile(dataDir: string, lockPath: string, holderPath: string): Database.Database {
  let database: Database.Database | null = null;
  try {
    database = new Database(lockPath, { timeout: 0 });
    // Nothing is ever written, and with the journal in memory nothing could be left over.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    chmodSync(lockPath, 0o600);
    writeFileSync(holderPath, `${process.pid}\n`, { mode: 0o600 });
    return database;
  } catch (error) {
    database?.close();
    if (errorCodeOf(error).startsWith('SQLITE_BUSY'))
      throw new DataDirectoryInUseError(dataDir, holderOf(holderPath));
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataDirectoryUnusableError(`${lockPath} cannot be locked (${reason})`, { cause: error });
  }
}

/** Only asked while someone holds the lock, so what a dead node wrote is not taken for the living one's. */
function holderOf(holderPath: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(holderPath, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
