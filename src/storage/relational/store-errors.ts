import { QueryFailedError } from 'typeorm';
import { StoreUnavailableError } from '../count-store.js';
import { errorCodeOf } from '../error-code.js';

/** SQLite's result codes that mean "not now" or "not here", as opposed to a mistake in the statement. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_IOERR: 'the disk does not answer',
  SQLITE_CANTOPEN: 'its file cannot be opened',
  SQLITE_PERM: 'access was refused',
  SQLITE_BUSY: 'another program holds a lock on it',
  SQLITE_LOCKED: 'another program holds a lock on it',
  SQLITE_CORRUPT: 'its file is damaged: restore a backup',
  SQLITE_NOTADB: 'its file is not a database: restore a backup',
  SQLITE_NOMEM: 'there is no memory left',
  EACCES: 'access was refused',
  EPERM: 'access was refused',
  EROFS: 'it is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'its folder is not a folder',
  ENOENT: 'its folder is gone',
  EISDIR: 'a folder stands where its file should be',
  EMFILE: 'too many files are open',
};

/** After these the connection is as good as before; after the others a new one is worth a try. */
const HARMLESS = ['SQLITE_FULL', 'SQLITE_BUSY', 'SQLITE_LOCKED'];

/**
 * The driver's error as the ports promise it: StoreUnavailableError when the records can't be read or written
 * just now, else the error itself. The cause is the driver's own error: TypeORM's carries the parameters.
 */
export function asStoreError(error: unknown): unknown {
  const code = reasonOf(error);
  if (code === null) return error;
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  return new StoreUnavailableError(`the records: ${UNAVAILABLE[code]} (${code})`, { cause });
}

/** Whether a new connection could do better than the one that gave this error. */
export function wantsNewConnection(error: unknown): boolean {
  const code = reasonOf(error);
  return code !== null && !HARMLESS.includes(code);
}

/** Whether that is because somebody else is writing just now, as `asStoreError` tells it. */
export function isLocked(error: unknown): boolean {
  return error instanceof StoreUnavailableError && reasonOf(error.cause) === 'SQLITE_BUSY';
}

/** Extended codes begin with the primary one: SQLITE_IOERR_WRITE is SQLITE_IOERR. */
function reasonOf(error: unknown): string | null {
  const code = errorCodeOf(error);
  return Object.keys(UNAVAILABLE).find((known) => code === known || code.startsWith(`${known}_`)) ?? null;
}
