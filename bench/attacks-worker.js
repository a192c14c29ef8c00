// Lets honest sites report, a few at a time, and tells what became of their reports.
import { parentPort, workerData } from 'node:worker_threads';
import { compiledModel } from './compiled-model.js';

const { first, step, sites } = workerData;
const load = compiledModel();
const [{ honestSite }, { SeededNumbers }] = [await load('honest-run'), await load('seeded-numbers')];
/** Fewer sites are as different in size as all of them. */
const SIZES = 10_000;
for (let site = first; site < sites; site += step) {
  const rank = Math.floor(((site + 0.5) * SIZES) / sites);
  parentPort.postMessage(await honestSite(rank, new SeededNumbers(rank)));
}
