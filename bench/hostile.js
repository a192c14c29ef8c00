// What connections that are only in the way cost those that count: POST /v1/hits at a fixed rate, alone and then beside
// ten thousand sockets that say nothing, that send a header now and then, or one byte of a body, or that ask for much and
// read nothing of it, or one byte a second.
//
//   npm run bench:hostile [-- --rate 500 --seconds 20 --connections 10000 --ways idle,unread]
//
// The attack runs until the measurement is over and comes again when it is thrown out. Read the ratio of p99 to that of
// the quiet run before it, and how much more memory the node has a minute after the last attack.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { table } from './figures.js';
import { describeMachine } from './machine.js';
import { aside, fileOf, LOAD_CORE, run, SERVER_CORE, stop } from './processes.js';
import { startHeadcount } from './targets.js';

const WAYS = ['idle', 'headers', 'body', 'unsigned', 'unread', 'sips'];
const WARM_UP_S = 5;
/** Until the connections of an attack are there. */
const GATHERING_MS = 8000;
const AFTERWARDS_MS = 60_000;

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '10000' },
    ways: { type: 'string', default: WAYS.join() },
  },
});

console.log(`${describeMachine()}\n`);
const url = 'http://127.0.0.1';
// On both cores, as an operator runs it: what the collector of garbage does beside it is not to be in its way.
const node = await startHeadcount({
  cores: `${SERVER_CORE},${LOAD_CORE}`,
  env: { HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: url, HEADCOUNT_SKETCH_MINIMUM: '0' },
});
await hits(WARM_UP_S);
await sleep(2000);
const before = memory();
const rows = [];
for (const way of options.ways.split(',')) {
  const quiet = await hits(options.seconds);
  const attack = aside([process.execPath, fileOf('hostile-clients.js'), node.url, way, options.connections]);
  await sleep(GATHERING_MS);
  const beside = await hits(options.seconds);
  const during = memory();
  await stop(attack);
  rows.push([
    way,
    quiet.p99Ms.toFixed(2),
    beside.p99Ms.toFixed(2),
    (beside.p99Ms / quiet.p99Ms).toFixed(2),
    String(beside.lost),
    during.toFixed(0),
  ]);
}
console.log(table([['', 'p99 ms alone', 'p99 ms beside', 'ratio', 'hits lost', 'MiB meanwhile'], ...rows]));
await sleep(AFTERWARDS_MS);
const after = memory();
console.log(`\nRSS ${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB a minute after the last attack`);
await node.stop();
process.exit(0);

async function hits(seconds) {
  const command = [process.execPath, fileOf('steady-hits.js'), node.url, options.rate, String(seconds)];
  const output = await run(LOAD_CORE, command, (Number(seconds) + 60) * 1000);
  return JSON.parse(output.slice(output.lastIndexOf('@ ') + 2));
}

/** MiB. */
function memory() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))[1]) / 1024;
}
