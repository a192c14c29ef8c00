import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InstanceRow, Total } from './core/total-figures.js';
import type { ComputedTotal, TotalComputer, TotalQuestion } from './core/total-question.js';

/** From so many origins on, a thread of its own costs less than the time it takes from everything else. */
const ORIGINS_MIN = 32;

/** What the worker is started with, and what it answers (main-totals.ts). */
export interface TotalsTask {
  /** The SQLite file of the records. */
  records: string;
  question: TotalQuestion;
}
export type TotalsMessage =
  | { head: Omit<Total, 'instances'>; inputs: string }
  | { rows: InstanceRow[]; isLast: boolean };

/**
 * Computes the totals of a large federation off the main thread, with a connection of its own to the records. The
 * thread ends with its answer, and takes its memory along.
 */
export class WorkerTotals implements TotalComputer {
  constructor(
    private readonly records: string,
    private readonly small: TotalComputer,
  ) {}

  async compute(question: TotalQuestion): Promise<ComputedTotal> {
    if (question.roster.length < ORIGINS_MIN) return this.small.compute(question);
    const workerData: TotalsTask = { records: this.records, question };
    const worker = new Worker(new URL('../main-totals.js', import.meta.url), { workerData });
    try {
      return await answerOf(worker);
    } finally {
      await worker.terminate();
    }
  }
}

/** Rows come a few at a time, each when it is asked for: all of them at once would hold up everything else. */
async function answerOf(worker: Worker): Promise<ComputedTotal> {
  const next = async () => ((await once(worker, 'message')) as [TotalsMessage])[0];
  const first = await next();
  if (!('head' in first)) throw new Error('the totals worker began in the middle');
  const instances: InstanceRow[] = [];
  for (;;) {
    worker.postMessage('next');
    const message = await next();
    if (!('rows' in message)) throw new Error('the totals worker began twice');
    instances.push(...message.rows);
    if (message.isLast) return { total: { ...first.head, instances }, inputs: first.inputs };
  }
}
