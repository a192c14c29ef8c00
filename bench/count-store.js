// The count stores alone, without HTTP: visits a second that are durable when they are acknowledged.
//
//   npm run build && node bench/count-store.js [--rounds 5 --visits 200000]
//   npm run build && node bench/count-store.js --size [--visitors 10000000]
//
// A visit is what tracking hands over: one visitor in two sketches of the day, the hour's and the all-time one. Every
// visit is of a new visitor and every run is a new day, as empty sketches are what costs most. The stores take turns, round after round, so that whatever else
// the machine does falls on all of them; each figure is the median of its rounds.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import {
  freePort,
  isInstalled,
  LOAD_CORE,
  start,
  stop,
  temporaryFolder,
  untilItListens,
} from './processes.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    visits: { type: 'string', default: '200000' },
    size: { type: 'boolean', default: false },
    visitors: { type: 'string', default: '10000000' },
  },
});

if (!existsSync(new URL('../dist/storage', import.meta.url)))
  throw new Error('build it first: npm run build');
const { MemoryCountStore } = await import('../dist/storage/memory/memory-count-store.js');
const { SqliteCountStore } = await import('../dist/storage/sqlite/sqlite-count-store.js');
const { RedisCountStore } = await import('../dist/storage/redis/redis-count-store.js');

const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.parse('2026-10-23T00:00:00Z');
const clock = { nowMs: () => FIRST_DAY_MS };

console.log(`${describeMachine()}\n`);
if (options.size) await size(Number(options.visitors));
else await speed(Number(options.rounds), Number(options.visits));
process.exit(0);

/** Visitor ids that never repeat: random enough for a sketch, and much cheaper than hashing. */
function newVisitors(count) {
  const ids = new Uint8Array(count * 16);
  for (let at = 0; at < ids.length; at += 65_536) crypto.getRandomValues(ids.subarray(at, at + 65_536));
  return Array.from({ length: count }, (_, index) => ids.subarray(index * 16, index * 16 + 16));
}

function visitsOn(day, hour, ids) {
  const names = [`day/${day}/1f2e3d4c.41`, `day/${day}/1f2e3d4c.42`, `hour/${hour}`, 'all'];
  return ids.map((visitorId) => ({ day, hour, sightings: names.map((sketch) => ({ sketch, visitorId })) }));
}

function dayNumber(number) {
  return new Date(FIRST_DAY_MS + number * DAY_MS).toISOString().slice(0, 10);
}

async function speed(rounds, count) {
  const redis = await startRedis();
  const open = {
    memory: async () => new MemoryCountStore(clock),
    SQLite: () => SqliteCountStore.open(join(temporaryFolder(), 'counts.sqlite'), clock),
    Redis: () => RedisCountStore.open({ url: redis.url, clock, owner: 'benchmark' }),
  };
  const runs = [];
  for (const name of Object.keys(open)) {
    if (name === 'Redis' && redis === null) continue;
    const store = await open[name]();
    runs.push({
      name: `${name}, 50 at a time, one by one`,
      store,
      work: (visits) => lanes(store, visits, 50),
    });
    runs.push({ name: `${name}, batches of 500`, store, work: (visits) => batches(store, visits, 500) });
  }
  for (const run of runs) run.rounds = [];
  for (let round = 0; round <= rounds; round++) {
    for (const [index, run] of runs.entries()) {
      const day = dayNumber(round * runs.length + index);
      const figures = await timed(run, visitsOn(day, `${day}T14`, newVisitors(count)));
      // The first round warms up.
      if (round > 0) run.rounds.push(figures);
    }
    console.log(`round ${round} of ${rounds} done`);
  }
  const middle = (run, figure) => median(run.rounds.map((each) => each[figure]));
  const rows = runs.map((run) => [
    run.name,
    whole(middle(run, 'perSecond')),
    middle(run, 'cpuUs').toFixed(1),
  ]);
  console.log(`\n${table([['', 'visits/s', 'µs CPU a visit'], ...rows])}`);
  for (const store of new Set(runs.map((run) => run.store))) await store.close();
  if (redis) await stop(redis.server);
}

async function timed({ work }, visits) {
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await work(visits);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: visits.length / seconds, cpuUs: (user + system) / visits.length };
}

/** As so many kept connections do: each sends its next visit when the last was acknowledged. */
async function lanes(store, visits, count) {
  let next = 0;
  const lane = async () => {
    // An answer goes out and the next request comes in with a later turn of the event loop.
    for (let index = next++; index < visits.length; index = next++) {
      await store.record(visits[index]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}

async function batches(store, visits, length) {
  for (let at = 0; at < visits.length; at += length) await store.recordBatch(visits.slice(at, at + length));
}

/** Null, and says so, when there is no redis-server. */
async function startRedis() {
  if (!isInstalled('redis-server')) {
    console.log('Redis: left out, there is no redis-server on the PATH\n');
    return null;
  }
  const port = await freePort();
  const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', temporaryFolder(), '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
  const server = start(LOAD_CORE, ['redis-server', ...settings, ...durable].map(String));
  await untilItListens(port, server);
  return { server, url: `redis://127.0.0.1:${port}` };
}

/** A month of visitors: what the file takes, beside its log, and the process. */
async function size(visitors) {
  const days = 31;
  const path = join(temporaryFolder(), 'counts.sqlite');
  const store = await SqliteCountStore.open(path, clock);
  const startedMs = performance.now();
  let walBytesMax = 0;
  for (let day = 0; day < days; day++) {
    await oneDay(store, FIRST_DAY_MS + day * DAY_MS, Math.round(visitors / days));
    walBytesMax = Math.max(walBytesMax, statSync(`${path}-wal`).size);
    console.log(`day ${day + 1}: ${whole(statSync(path).size)} bytes, log at most ${whole(walBytesMax)}`);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const all = await store.sketch('all');
  const rssBytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  await store.close();
  console.log(
    `\n${whole(visitors)} visitors over ${days} days (estimate ${whole(all.estimate())}) in ${seconds.toFixed(0)} s: ` +
      `${(statSync(path).size / 2 ** 20).toFixed(2)} MiB of store, log at most ${(walBytesMax / 2 ** 20).toFixed(1)} MiB, ` +
      `${(rssBytes / 2 ** 20).toFixed(0)} MiB of memory`,
  );
}

/** Hour by hour, with the hours older than two days forgotten, as retention does. */
async function oneDay(store, startMs, visitors) {
  for (let hour = 0; hour < 24; hour++) {
    const name = new Date(startMs + hour * 3_600_000).toISOString().slice(0, 13);
    await batches(store, visitsOn(name.slice(0, 10), name, newVisitors(Math.round(visitors / 24))), 500);
  }
  const firstHour = new Date(startMs - DAY_MS).toISOString().slice(0, 13);
  await store.prune('2000-01-01', firstHour);
}
