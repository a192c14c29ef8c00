import { parentPort, workerData } from 'node:worker_threads';
import { findNearCopies, searchedDays } from './federation/core/alerts/near-copy-search.js';
import type { NearCopiesTask } from './federation/worker-near-copies.js';
import { RelationalLedgerScan } from './storage/relational/relational-ledger-scan.js';

/** The thread that looks for near copies: one question, one answer. */
const { records, question, thresholds } = workerData as NearCopiesTask;
const { from, to } = searchedDays(question);
const scan = RelationalLedgerScan.open(records);
parentPort?.postMessage(findNearCopies(question, scan.origins(from, to), thresholds));
scan.close();
