// GET /v1/counts while hits arrive at half of what the node takes at most: how long its readers wait.
//
//   npm run bench:counts [-- --seconds 20]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile, table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { fileOf, LOAD_CORE, run } from './processes.js';
import { startHeadcount } from './targets.js';

const MAXIMUM_S = 5;
const READ_EVERY_MS = 10;
const WINDOWS = ['1d', '7d', '30d', 'all'];
const DAYS_BEFORE = 30;

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(options.seconds);

console.log(`${describeMachine()}\n`);
const node = await startHeadcount();
await fillMonth();
const maximum = await maximumOf();
console.log(`at most ${whole(maximum)} hits/s; now ${whole(maximum / 2)}/s for ${seconds} s`);

const load = run(
  LOAD_CORE,
  [process.execPath, fileOf('steady-hits.js'), node.url, String(maximum / 2), String(seconds)],
  (seconds + 30) * 1000,
);
await sleep(1000);
const waits = await readersWaits((seconds - 2) * 1000);
const steady = JSON.parse(/^@ (.*)$/m.exec(await load)[1]);
await node.stop();

const rows = [
  ['', 'measured'],
  ['hits/s, answered', whole(steady.perSecond)],
  ['hits: p99 ms', steady.p99Ms.toFixed(1)],
  ['reads of /v1/counts', whole(waits.length)],
  ['/v1/counts: p50 ms', quantile(waits, 0.5).toFixed(2)],
  ['/v1/counts: p99 ms', quantile(waits, 0.99).toFixed(2)],
  ['/v1/counts: longest ms', Math.max(...waits).toFixed(2)],
];
console.log(`\n${table(rows)}`);
process.exit(0);

/** Every window has something to add up. */
async function fillMonth() {
  const days = Array.from({ length: DAYS_BEFORE }, (_, index) =>
    new Date(Date.now() - (DAYS_BEFORE - index) * 86_400_000).toISOString().slice(0, 10),
  );
  await run(LOAD_CORE, [process.execPath, fileOf('send-batches.js'), node.url, '0', '300', ...days], 60_000);
}

async function maximumOf() {
  const command = [
    'wrk',
    '-t1',
    '-c50',
    `-d${MAXIMUM_S}s`,
    '-s',
    fileOf('new-visitor.lua'),
    node.url,
    '--',
    '20',
  ];
  await run(LOAD_CORE, command, 60_000);
  const output = await run(LOAD_CORE, [...command.slice(0, -1), '21'], 60_000);
  const { requests, seconds: elapsed } = JSON.parse(/^@ (.*)$/m.exec(output)[1]);
  return requests / elapsed;
}

/** One reader after the other, a window after the other; the node computes each anew every second. */
async function readersWaits(durationMs) {
  const waits = [];
  const endMs = performance.now() + durationMs;
  for (let read = 0; performance.now() < endMs; read++) {
    const startMs = performance.now();
    const response = await fetch(
      `${node.url}/v1/counts?scope=local&window=${WINDOWS[read % WINDOWS.length]}`,
    );
    await response.text();
    if (!response.ok) throw new Error(`/v1/counts answered ${response.status}`);
    waits.push(performance.now() - startMs);
    await sleep(READ_EVERY_MS);
  }
  return waits;
}
