// How many people two sketches share: error, coverage of the interval, and time a pair.
//
//   npm run bench:overlap [-- --trials 200]
//
// Beside the maximum-likelihood estimate stands the sum rule |A| + |B| - |A or B| on the same sketches.
import { getRandomValues } from 'node:crypto';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';

const { values: options } = parseArgs({ options: { trials: { type: 'string', default: '200' } } });
const { Sketch } = await import('../dist/sketch/sketch.js');
const { estimateJoint } = await import('../dist/sketch/joint-estimate.js');

/** Only in the first, only in the second, in both. */
const CASES = [
  [90_000, 90_000, 10_000],
  [99_000, 99_000, 1000],
  [100_000, 100_000, 0],
  [9000, 9000, 1000],
  [900_000, 9000, 1000],
  [0, 100_000, 5000],
  [500_000, 500_000, 500_000],
];

const chunk = new Uint8Array(65_536);
let used = chunk.length;

function addRandom(count, ...sketches) {
  for (let id = 0; id < count; id++) {
    if (used === chunk.length) {
      getRandomValues(chunk);
      used = 0;
    }
    const bytes = chunk.subarray(used, used + 16);
    used += 16;
    for (const sketch of sketches) sketch.add(bytes);
  }
}

function trial([onlyFirst, onlySecond, both]) {
  const [first, second] = [new Sketch(), new Sketch()];
  addRandom(onlyFirst, first);
  addRandom(onlySecond, second);
  addRandom(both, first, second);
  const startMs = performance.now();
  const joint = estimateJoint(first, second);
  const ms = performance.now() - startMs;
  const union = first.clone();
  union.merge(second);
  return { ...joint, ms, bySum: first.estimate() + second.estimate() - union.estimate() };
}

const rmse = (values, truth) =>
  Math.sqrt(values.reduce((sum, one) => sum + (one - truth) ** 2, 0) / values.length);
const relative = (error, truth) =>
  truth === 0 ? `± ${whole(error)}` : `${((error / truth) * 100).toFixed(1)} %`;

console.log(`${describeMachine()}\n`);
const rows = CASES.map((sizes) => {
  const truth = sizes[2];
  const trials = Array.from({ length: Number(options.trials) }, () => trial(sizes));
  const of = (name) => trials.map((one) => one[name]);
  const covered = trials.filter(({ low, high }) => low <= truth && truth <= high).length / trials.length;
  return [
    sizes.map(whole).join(' / '),
    relative(rmse(of('both'), truth), truth),
    relative(rmse(of('bySum'), truth), truth),
    `${(covered * 100).toFixed(0)} %`,
    `${median(of('ms')).toFixed(2)} ms`,
  ];
});
const head = ['only A / only B / both', 'RMSE', 'by the sum rule', 'in the interval', 'a pair'];
console.log(table([head, ...rows]));
