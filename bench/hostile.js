// What those who are only in the way cost those that count: POST /v1/hits at a fixed rate, alone and then beside
// - ten thousand connections that say nothing (idle), send a header now and then (headers), or one byte of a body (body,
//   unsigned), break off in the middle with a reset (resets), announce lengths that do not fit (lengths), or bring small
//   bodies that would be large when unpacked (bombs), and a thousand that ask for much and read nothing of it (unread),
//   or one byte a second (sips);
// - a dozen servers that the node has for peers, which answer it with a bomb, one byte a second, endless headers, a wrong
//   length, a reset, or nothing at all (servers).
//
//   npm run bench:hostile [-- --rate 500 --seconds 20 --connections 10000 --servers 12 --ways idle,unread]
//
// The attack runs until the measurement is over and comes again when it is thrown out. Read the ratio of p99 to that of
// the quiet run before it, how long a connection lasted at most, as the hostile side saw it (`unread` and `sips` see up to a
// second late that they were thrown out), and how much more memory the node has a minute after the last attack.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { aside, fileOf, freePort, LOAD_CORE, run, SERVER_CORE, stop } from './processes.js';
import { startHeadcount } from './targets.js';

const CLIENTS = ['idle', 'headers', 'body', 'unsigned', 'unread', 'sips', 'resets', 'lengths', 'bombs'];
const SERVERS = 'servers';
const ADMIN_KEY = 'hc_admin_benchmarks_only';
const PUBLIC_URL = 'http://127.0.0.1';
const WARM_UP_S = 5;
/** Until the connections of an attack are there. */
const GATHERING_MS = 8000;
/** What an attack left half said is over by then. */
const RESTING_MS = 20_000;
const AFTERWARDS_MS = 60_000;

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '10000' },
    servers: { type: 'string', default: '12' },
    ways: { type: 'string', default: [...CLIENTS, SERVERS].join() },
  },
});
const ways = options.ways.split(',');
const clients = ways.filter((way) => way !== SERVERS);

console.log(`${describeMachine()}\n`);
if (clients.length > 0) await besideClients();
if (ways.includes(SERVERS)) await besideServers();
process.exit(0);

async function besideClients() {
  const env = {
    HEADCOUNT_ROLE: 'hub',
    HEADCOUNT_PUBLIC_URL: PUBLIC_URL,
    HEADCOUNT_SKETCH_MINIMUM: '0',
  };
  await measure(env, clients, (node, way) => ['hostile-clients.js', node.url, way, options.connections]);
}

/** A node of a mesh, whose peers are not there until they are measured. */
async function besideServers() {
  const ports = await Promise.all(Array.from({ length: Number(options.servers) }, freePort));
  const env = {
    HEADCOUNT_ROLE: 'peer',
    HEADCOUNT_PUBLIC_URL: PUBLIC_URL,
    HEADCOUNT_PEERS: ports.map((port) => `http://127.0.0.1:${port}`).join(),
    HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1',
    HEADCOUNT_ADMIN_KEY: ADMIN_KEY,
    HEADCOUNT_REPORT_INTERVAL: '1s',
  };
  await measure(env, [SERVERS], (node) => ['hostile-servers.js', node.url, ADMIN_KEY, ports.join()]);
}

/** @param programOf The file of what is hostile in that way to the node, and its arguments. */
async function measure(env, ways, programOf) {
  // On both cores, as an operator runs it: what the collector of garbage does beside it is not to be in its way.
  const node = await startHeadcount({ cores: `${SERVER_CORE},${LOAD_CORE}`, env });
  await hits(node, WARM_UP_S);
  await sleep(2000);
  const before = memory(node);
  const rows = [];
  for (const way of ways) {
    rows.push(await rowOf(node, way, programOf(node, way)));
    await sleep(RESTING_MS);
  }
  const head = ['', 'there', 'connections', 'p99 ms alone', 'p99 ms beside', 'ratio', 'hits lost'];
  console.log(table([[...head, 'longest s', 'MiB meanwhile'], ...rows]));
  await sleep(AFTERWARDS_MS);
  const after = memory(node);
  console.log(
    `\nRSS ${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB a minute after the last attack\n`,
  );
  await node.stop();
}

async function rowOf(node, way, [file, ...rest]) {
  const quiet = await hits(node, options.seconds);
  const attack = aside([process.execPath, fileOf(file), ...rest]);
  await sleep(GATHERING_MS);
  const beside = await hits(node, options.seconds);
  const during = memory(node);
  await stop(attack);
  const { places, taken, longestMs } = printedBy(attack.output());
  return [
    ...[way, whole(places), whole(taken), quiet.p99Ms.toFixed(2), beside.p99Ms.toFixed(2)],
    ...[(beside.p99Ms / quiet.p99Ms).toFixed(2), String(beside.lost)],
    ...[(longestMs / 1000).toFixed(1), during.toFixed(0)],
  ];
}

async function hits(node, seconds) {
  const command = [process.execPath, fileOf('steady-hits.js'), node.url, options.rate, String(seconds)];
  return printedBy(await run(LOAD_CORE, command, (Number(seconds) + 60) * 1000));
}

function printedBy(output) {
  return JSON.parse(output.slice(output.lastIndexOf('@ ') + 2));
}

/** MiB. */
function memory(node) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))[1]) / 1024;
}
