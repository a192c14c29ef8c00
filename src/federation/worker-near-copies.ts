import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Ledger } from '../storage/ledger.js';
import type { Alert, AlertThresholds } from './core/alerts/alert.js';
import { findNearCopies, type NearCopySearch, searchedDays } from './core/alerts/near-copy-search.js';
import { recordsOf, withSketches } from './core/ledger-totals.js';
import type { TotalQuestion } from './core/total-question.js';

/** From so many origins on, a thread of its own costs less than the time it takes from everything else. */
const ORIGINS_MIN = 32;

/** What the worker is started with (main-near-copies.ts). */
export interface NearCopiesTask {
  /** The SQLite file of the records. */
  records: string;
  question: TotalQuestion;
  thresholds: AlertThresholds;
}

/** Searches a large federation off the main thread, with a connection of its own to the records. */
export class WorkerNearCopies implements NearCopySearch {
  constructor(
    private readonly records: string,
    private readonly ledger: Ledger,
  ) {}

  async search(question: TotalQuestion, thresholds: AlertThresholds): Promise<Alert[]> {
    if (question.roster.length < ORIGINS_MIN) return this.searchHere(question, thresholds);
    const workerData: NearCopiesTask = { records: this.records, question, thresholds };
    const worker = new Worker(new URL('../main-near-copies.js', import.meta.url), { workerData });
    try {
      return ((await once(worker, 'message')) as [Alert[]])[0];
    } finally {
      await worker.terminate();
    }
  }

  private async searchHere(question: TotalQuestion, thresholds: AlertThresholds): Promise<Alert[]> {
    const { from, to } = searchedDays(question);
    const { slots, sketches } = await withSketches(() => this.ledger.slots(from, to), this.ledger);
    return findNearCopies(question, recordsOf(slots, sketches), thresholds);
  }
}
