import { parentPort, workerData } from 'node:worker_threads';
import { answerEffect } from './federation/core/effect.js';
import { answerQuestion, type ComputedTotal, daysOf } from './federation/core/total-question.js';
import type { TotalsMessage, TotalsTask } from './federation/worker-totals.js';
import { RelationalLedgerScan } from './storage/relational/relational-ledger-scan.js';

/** The thread that computes totals: one question, one answer, its rows as they are asked for. */
const ROWS_AT_ONCE = 200;

const { records, question, other } = workerData as TotalsTask;
const { from, to } = daysOf(question);
const scan = RelationalLedgerScan.open(records);
const origins = scan.origins(from, to);
if (other) say(answerEffect(other.origin, question, other.question, origins));
else tell(answerQuestion(question, origins));
scan.close();

function tell({ total, inputs }: ComputedTotal): void {
  const { instances, ...head } = total;
  let told = 0;
  parentPort?.on('message', () => {
    const rows = instances.slice(told, told + ROWS_AT_ONCE);
    told += rows.length;
    say({ rows, isLast: told >= instances.length });
  });
  say({ head, inputs });
}

function say(message: TotalsMessage): void {
  parentPort?.postMessage(message);
}
