// A node after 10 million different visitors over 31 days: how much memory it takes, and how much disk.
//
//   npm run bench:memory [-- --visitors 10000000]
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { fileOf, LOAD_CORE, run } from './processes.js';
import { startHeadcount } from './targets.js';

const DAYS = 31;
const BATCH_HITS = 500;
const RUN_MS = 120_000;

const { values: options } = parseArgs({ options: { visitors: { type: 'string', default: '10000000' } } });

console.log(`${describeMachine()}\n`);
const dayByDay = pathToFileURL(fileOf('day-by-day.js')).href;
const node = await startHeadcount({ nodeArguments: ['--import', dayByDay] });
const idleBytes = memoryOf('VmRSS');

const batchesPerDay = Math.ceil(Number(options.visitors) / DAYS / BATCH_HITS);
let visitors = 0;
for (let day = 1; day <= DAYS; day++) {
  const command = [
    process.execPath,
    fileOf('send-batches.js'),
    node.url,
    String(visitors),
    String(batchesPerDay),
  ];
  await run(LOAD_CORE, command, RUN_MS);
  visitors += batchesPerDay * BATCH_HITS;
  if (day % 5 === 1)
    console.log(`day ${day}: ${whole(visitors)} visitors, RSS ${megabytes(memoryOf('VmRSS'))}`);
  if (day < DAYS) await beginNextDay();
}

const figures = [['', 'measured']];
for (const window of ['1d', '30d', 'all']) {
  const counts = await (await fetch(`${node.url}/v1/counts?scope=local&window=${window}`)).json();
  figures.push([`people, ${window}`, whole(counts.uniques.estimate)]);
}
figures.push(['RSS at start', megabytes(idleBytes)]);
figures.push([`RSS after ${whole(visitors)} visitors`, megabytes(memoryOf('VmRSS'))]);
figures.push(['RSS at its highest', megabytes(memoryOf('VmHWM'))]);
// Stopping moves what is in the log into the file.
await node.stop();
figures.push(['store, without log', megabytes(storeBytes(node.folder))]);
console.log(`\n${table(figures)}`);
process.exit(0);

/** A clock that leaps finds no keys for the new day: the first hit is refused, and the keys are made. */
async function beginNextDay() {
  const before = await today();
  process.kill(node.pid, 'SIGUSR2');
  for (let attempts = 0; attempts < 100; attempts++) {
    await sleep(50);
    if ((await today()) !== before && (await sendHit()).status === 202) return;
  }
  throw new Error('the next day does not begin');
}

async function today() {
  return (await (await fetch(`${node.url}/v1/counts?scope=local&window=1d`)).json()).window.to;
}

function sendHit() {
  return fetch(`${node.url}/v1/hits`, {
    method: 'POST',
    headers: { 'user-agent': 'Mozilla/5.0 Firefox/130.0' },
  });
}

function memoryOf(field) {
  const status = readFileSync(`/proc/${node.pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
}

function storeBytes(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sqlite'));
  return files.reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
