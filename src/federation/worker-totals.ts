import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Effect } from './core/effect.js';
import type { TotalComputer } from './core/total-computer.js';
import type { InstanceRow, Total } from './core/total-figures.js';
import type { ComputedTotal, TotalQuestion } from './core/total-question.js';

/** From so many origins on, a thread of its own costs less than the time it takes from everything else. */
const ORIGINS_MIN = 32;

/** What the worker is started with, and what it answers (main-totals.ts). */
export interface TotalsTask {
  /** The SQLite file of the records. */
  records: string;
  question: TotalQuestion;
  /** Only what the other question would change for that origin is asked. */
  other?: { origin: string; question: TotalQuestion };
}
export type TotalsMessage =
  | Effect
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
    return inThread({ records: this.records, question }, answerOf);
  }

  async compare(origin: string, before: TotalQuestion, after: TotalQuestion): Promise<Effect> {
    if (before.roster.length < ORIGINS_MIN) return this.small.compare(origin, before, after);
    const other = { origin, question: after };
    return inThread({ records: this.records, question: before, other }, effectOf);
  }
}

async function inThread<Answer>(
  workerData: TotalsTask,
  answerOf: (worker: Worker) => Promise<Answer>,
): Promise<Answer> {
  const worker = new Worker(new URL('../main-totals.js', import.meta.url), { workerData });
  try {
    return await answerOf(worker);
  } finally {
    await worker.terminate();
  }
}

async function nextOf(worker: Worker): Promise<TotalsMessage> {
  const [message] = (await once(worker, 'message')) as [TotalsMessage];
  return message;
}

async function effectOf(worker: Worker): Promise<Effect> {
  const message = await nextOf(worker);
  if (!('before' in message)) throw new Error('the totals worker answered another question');
  return message;
}

/** Rows come a few at a time, each when it is asked for: all of them at once would hold up everything else. */
async function answerOf(worker: Worker): Promise<ComputedTotal> {
  const first = await nextOf(worker);
  if (!('head' in first)) throw new Error('the totals worker began in the middle');
  const instances: InstanceRow[] = [];
  for (;;) {
    worker.postMessage('next');
    const message = await nextOf(worker);
    if (!('rows' in message)) throw new Error('the totals worker began twice');
    instances.push(...message.rows);
    if (message.isLast) return { total: { ...first.head, instances }, inputs: first.inputs };
  }
}
