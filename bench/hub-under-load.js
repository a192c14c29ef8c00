// A whole hub on a filled store: how long it takes to start, and what its readers and members get while hundreds of
// members a second bring reports, digests and asks for the total.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from './figures.js';
import { BLIND, keyOf } from './large-hub.js';
import { fileOf, freePort, LOAD_CORE, run, start, stop, untilItListens } from './processes.js';

const BOTH_CORES = '0,1';
const READ_EVERY_MS = 10;
const FIRST_TOTAL_MS = 180_000;
const COMMAND_MS = 180_000;
const WARM_UP_MS = 2000;

/** Starts the hub, waits for its first total, and loads it with so many reports a second. */
export async function hubUnderLoad({ hub, instances, rate, seconds }) {
  const port = await freePort();
  const delayFile = join(hub, 'loop-delay.json');
  const startMs = performance.now();
  const node = start(
    BOTH_CORES,
    [process.execPath, '--import', fileOf('loop-delay.js'), fileOf('../dist/program/main.js'), 'serve'],
    {
      ...{ ...BLIND, PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production', REDIS_URL: '' },
      ...{ HEADCOUNT_DATA_DIR: hub, LOOP_DELAY_FILE: delayFile },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilItListens(port, node);
  const startS = (performance.now() - startMs) / 1000;
  const reader = new Reader(url);
  await reader.untilThereIsATotal();
  const firstTotalS = (performance.now() - startMs) / 1000;
  const rssAtRest = rssOf(node.child.pid).VmRSS;
  const load = start(LOAD_CORE, [
    ...[process.execPath, fileOf('member-rounds.js'), url, join(hub, 'records.sqlite')],
    ...[String(instances), String(rate), String(seconds)],
  ]);
  const { startedMs } = await firstLine(load);
  await loopDelay(node, delayFile);
  const mainBefore = mainThreadMs(node.child.pid);
  reader.begin();
  if ((await load.ended) !== 0) throw new Error(`the members failed:\n${load.output()}\n${node.output()}`);
  const figures = JSON.parse(load.output().trim().split('\n').at(-1).slice(2));
  const reads = await reader.end(startedMs + WARM_UP_MS, figures.endedMs);
  const blocked = await loopDelay(node, delayFile);
  const mainMs = mainThreadMs(node.child.pid) - mainBefore;
  const { VmHWM } = rssOf(node.child.pid);
  const diskBytes = bytesIn(hub);
  const statusS = await secondsOf(hub, port, ['status']);
  const effectS = await secondsOf(hub, port, ['effect', 'exclude', keyOf(1).nodeId]);
  await stop(node);
  const atRest = { startS, firstTotalS, rssAtRest };
  const commands = { statusS, effectS };
  return { ...atRest, ...commands, load: figures, reads, blocked, mainMs, rssMost: VmHWM, diskBytes };
}

/** How long a command of the federation takes at that hub. */
async function secondsOf(hub, port, command) {
  const startMs = performance.now();
  const env = { ...BLIND, PORT: String(port), HEADCOUNT_DATA_DIR: hub };
  const program = [process.execPath, fileOf('../dist/program/main.js'), 'federation'];
  await run(BOTH_CORES, [...program, ...command], COMMAND_MS, env);
  return (performance.now() - startMs) / 1000;
}

/** Asks for /v1/counts every ten milliseconds, one after the other. */
class Reader {
  answers = [];
  isRunning = false;
  agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url) {
    this.url = `${url}/v1/counts`;
  }

  async untilThereIsATotal() {
    const endMs = performance.now() + FIRST_TOTAL_MS;
    while (performance.now() < endMs) {
      if ((await this.read()).status === 200) return;
      await sleep(100);
    }
    throw new Error('the hub has no total');
  }

  begin() {
    this.isRunning = true;
    this.done = this.run();
  }

  async run() {
    while (this.isRunning) {
      const next = sleep(READ_EVERY_MS);
      this.answers.push(await this.read());
      await next;
    }
  }

  async end(fromMs, toMs) {
    this.isRunning = false;
    await this.done;
    const within = this.answers.filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);
    const waits = within.map(({ waitMs }) => waitMs);
    return {
      ...{ reads: waits.length, failed: within.filter(({ status }) => status !== 200).length },
      ...{ p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99), maxMs: Math.max(...waits) },
      totals: new Set(within.map(({ body }) => JSON.parse(body).asOf)).size,
    };
  }

  read() {
    const atMs = Date.now();
    const startMs = performance.now();
    return new Promise((resolve, reject) => {
      get(this.url, { agent: this.agent }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part) => {
          body += part;
        });
        answer.on('end', () =>
          resolve({ atMs, waitMs: performance.now() - startMs, status: answer.statusCode, body }),
        );
      }).on('error', reject);
    });
  }
}

async function firstLine(program) {
  while (program.child.exitCode === null) {
    const line = program.output().split('\n')[0];
    if (line.startsWith('@ ') && line.endsWith('}')) return JSON.parse(line.slice(2));
    await sleep(20);
  }
  throw new Error(`the members failed:\n${program.output()}`);
}

/** What held up the hub's main thread since the last time this was asked. */
async function loopDelay({ child }, file) {
  rmSync(file, { force: true });
  child.kill('SIGUSR2');
  while (!existsSync(file)) await sleep(10);
  await sleep(50);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Processor time that the main thread has used. */
function mainThreadMs(pid) {
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 10;
}

/** In bytes. */
function rssOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) * 1024;
  return { VmRSS: of('VmRSS'), VmHWM: of('VmHWM') };
}

function bytesIn(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
