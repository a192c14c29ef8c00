import { parentPort, workerData } from 'node:worker_threads';
import { answerQuestion, daysOf } from './federation/core/total-question.js';
import type { TotalsMessage, TotalsTask } from './federation/worker-totals.js';
import { RelationalLedgerScan } from './storage/relational/relational-ledger-scan.js';

/** The thread that computes totals: one question, one answer, row by row as they are asked for. */
const ROWS_AT_ONCE = 200;

const { records, question } = workerData as TotalsTask;
const { from, to } = daysOf(question);
const scan = RelationalLedgerScan.open(records);
const { total, inputs } = answerQuestion(question, scan.origins(from, to));
scan.close();

const { instances, ...head } = total;
const say = (message: TotalsMessage) => parentPort?.postMessage(message);
let told = 0;
parentPort?.on('message', () => {
  const rows = instances.slice(told, told + ROWS_AT_ONCE);
  told += rows.length;
  say({ rows, isLast: told >= instances.length });
});
say({ head, inputs });
