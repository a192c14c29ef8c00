// Lets honest sites report, a few at a time, and tells what became of their reports.
import { parentPort, workerData } from 'node:worker_threads';
import { compiledModel } from './compiled-model.js';

const { first, step, sites } = workerData;
const load = compiledModel();
const [{ honestSite }, { SeededNumbers }] = [await load('honest-run'), await load('seeded-numbers')];
for (let rank = first; rank < sites; rank += step) {
  parentPort.postMessage(await honestSite(rank, new SeededNumbers(rank)));
}
