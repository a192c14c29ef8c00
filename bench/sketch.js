// The sketch alone: adds a second, and what a receiver of 1,000 reports does with them.
//
//   npm run build && node bench/sketch.js [--rounds 9]
//   npm run build && node bench/sketch.js --error [--trials 1]
//
// Beside each stands what node:crypto, in C, takes for the same bytes in the same round: SHA-1 of each id, or SHA-256
// of the sketch, which whoever receives one must work out in any case. The two take turns, so that whatever else the
// machine does falls on both; each figure is the median of its rounds. `--error` prints the error of the estimate
// over random ids, added one by one; `--trials` multiplies the number of trials.
import { createHash, getRandomValues } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    error: { type: 'boolean', default: false },
    trials: { type: 'string', default: '1' },
  },
});

if (!existsSync(new URL('../dist/sketch', import.meta.url))) throw new Error('build it first: npm run build');
const { Sketch } = await import('../dist/sketch/sketch.js');
const { decodeHyll, encodeDenseHyll, encodeHyll } = await import('../dist/sketch/hyll.js');
const { interval95, relativeError } = await import('../dist/sketch/interval.js');

const ID_BYTES = 16;

console.log(`${describeMachine()}\n`);
if (options.error) errors(Number(options.trials));
else speed(Number(options.rounds));

function fillRandom(bytes) {
  for (let at = 0; at < bytes.length; at += 65_536) getRandomValues(bytes.subarray(at, at + 65_536));
}

function randomIds(count) {
  const bytes = new Uint8Array(count * ID_BYTES);
  fillRandom(bytes);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * ID_BYTES, (at + 1) * ID_BYTES));
}

function sketchOf(ids) {
  const sketch = new Sketch();
  for (const id of ids) sketch.add(id);
  return sketch;
}

function hashEach(algorithm, list) {
  for (const bytes of list) createHash(algorithm).update(bytes).digest();
}

function elapsedMs(act) {
  const startMs = performance.now();
  act();
  return performance.now() - startMs;
}

/** Medians in ms a call of both, taking turns; the first of each warms up. */
function taking(rounds, calls, ours, baseline) {
  const times = { ours: [], baseline: [] };
  const repeated = (act) => () => {
    for (let call = 0; call < calls; call++) act();
  };
  for (let round = 0; round <= rounds; round++) {
    const [oursMs, baselineMs] = [elapsedMs(repeated(ours)), elapsedMs(repeated(baseline))];
    if (round === 0) continue;
    times.ours.push(oursMs / calls);
    times.baseline.push(baselineMs / calls);
  }
  return { oursMs: median(times.ours), baselineMs: median(times.baseline) };
}

function speed(rounds) {
  const rows = [['what', 'measured', 'wanted', 'node:crypto', 'times as fast']];
  const row = (what, { oursMs, baselineMs }, format, wanted) => {
    const ratio = (baselineMs / oursMs).toFixed(2);
    rows.push([what, format(oursMs), wanted, format(baselineMs), ratio]);
  };
  const ms = (value) => `${value.toFixed(1)} ms`;
  const microseconds = (value) => `${(value * 1000).toFixed(1)} µs`;

  const ids = randomIds(1_000_000);
  const perSecond = (value) => `${(ids.length / value / 1000).toFixed(2)} M/s`;
  const sha1 = () => hashEach('sha1', ids);
  const adding = taking(rounds, 1, () => sketchOf(ids), sha1);
  row('add 1,000,000 new ids', adding, perSecond, '5 M/s');

  const reports = Array.from({ length: 1_000 }, (_, at) =>
    encodeHyll(sketchOf(ids.slice(at * 900, at * 900 + 30_000))),
  );
  const received = () => {
    const union = new Sketch();
    for (const bytes of reports) union.merge(decodeHyll(bytes));
    return union.estimate();
  };
  const receiving = taking(rounds, 1, received, () => hashEach('sha256', reports));
  row('read, check, merge 1,000 dense, count', receiving, ms, '150 ms');

  const full = sketchOf(ids);
  const fullBytes = [encodeDenseHyll(full)];
  const sha256 = () => hashEach('sha256', fullBytes);
  row(
    'count one',
    taking(rounds, 2_000, () => full.estimate(), sha256),
    microseconds,
    '100 µs',
  );
  row(
    'read and check one, dense',
    taking(rounds, 2_000, () => decodeHyll(fullBytes[0]), sha256),
    microseconds,
    '30 µs',
  );
  row(
    'write one, always dense',
    taking(rounds, 2_000, () => encodeDenseHyll(full), sha256),
    microseconds,
    '20 µs',
  );
  for (const visitors of [100, 1_000, 3_000, 10_000, 1_000_000]) {
    const sketch = sketchOf(ids.slice(0, visitors));
    const bytes = [encodeHyll(sketch)];
    const writing = taking(
      rounds,
      2_000,
      () => encodeHyll(sketch),
      () => hashEach('sha256', bytes),
    );
    const name = `write one, canonical: ${whole(visitors)} ids, ${whole(bytes[0].length)} bytes`;
    row(name, writing, microseconds, '20 µs');
  }
  console.log(table(rows));
}

/** Ids of 64 random kilobytes at a time: drawing them costs less than adding them. */
function trial(visitors) {
  const block = new Uint8Array(65_536);
  const sketch = new Sketch();
  for (let added = 0; added < visitors; ) {
    getRandomValues(block);
    const until = Math.min(block.length, (visitors - added) * ID_BYTES);
    for (let at = 0; at < until; at += ID_BYTES) sketch.add(block.subarray(at, at + ID_BYTES));
    added += until / ID_BYTES;
  }
  return sketch.estimate();
}

function errors(times) {
  const rows = [['visitors', 'trials', 'RMSE', 'wanted', 'promised', 'bias', 'in the interval']];
  const sizes = [
    [100, 5_000, 0.7],
    [1_000, 5_000, 0.7],
    [10_000, 1_000, 0.7],
    [100_000, 200, 0.95],
    [1_000_000, 100, 0.95],
    [10_000_000, 50, 0.95],
  ];
  const percent = (share, digits) => `${(share * 100).toFixed(digits)} %`;
  for (const [visitors, trialsAtOnce, wanted] of sizes) {
    const count = trialsAtOnce * times;
    const estimates = Array.from({ length: count }, () => trial(visitors));
    const errorsOf = estimates.map((estimate) => estimate / visitors - 1);
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / count;
    const covered = estimates.filter((estimate) => {
      const { low, high } = interval95(estimate);
      return low <= visitors && visitors <= high;
    });
    rows.push([
      whole(visitors),
      whole(count),
      percent(Math.sqrt(mean(errorsOf.map((error) => error ** 2))), 3),
      percent(wanted / 100, 2),
      percent(relativeError(visitors), 3),
      percent(mean(errorsOf), 3),
      percent(covered.length / count, 1),
    ]);
  }
  console.log(table(rows));
}
