import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** What the thread is started with (checkpoint-thread.ts). */
export interface CheckpointTask {
  records: string;
}

const EVERY_MS = 500;
/** From so many pages of log on (32 MB) it is begun anew, for which writers wait a moment. */
const RESTART_PAGES = 8192;

interface Checkpoint {
  /** Pages in the log. */
  log: number;
}

const { records } = workerData as CheckpointTask;
// Never waits for a lock: it comes again soon.
const database = new Database(records, { fileMustExist: true, timeout: 0 });

setInterval(() => {
  const [done] = database.pragma('wal_checkpoint(PASSIVE)') as Checkpoint[];
  // Little is left to copy. While somebody reads what is older it answers at once that this can't be done.
  if (done && done.log >= RESTART_PAGES) database.pragma('wal_checkpoint(RESTART)');
}, EVERY_MS);
