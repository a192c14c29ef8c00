// Starts what is measured and what measures, each on its own core, and ends it again by its id.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
export const WRITE_KEY = 'hc_write_benchmarks_only';

const START_MS = 30_000;
const STOP_MS = 60_000;

const running = new Set();
const folders = new Set();

// Whatever ends the benchmark, nothing of it stays.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export function fileOf(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

export function isInstalled(program) {
  return spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
}

/** A new folder that is gone when the benchmark ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'headcount-bench-'));
  folders.add(folder);
  return folder;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A program on one core. Its output is kept only to explain a failure. */
export function start(core, command, env = {}) {
  const child = spawn('taskset', ['-c', String(core), ...command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => {
      output = (output + part).slice(-4000);
    });
  }
  running.add(child);
  const ended = new Promise((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { child, ended, output: () => output };
}

/**
 * What belongs to strangers, who have machines of their own: here it gets the core of the load only while the one that
 * measures does not want it.
 */
export function aside(command) {
  return start(LOAD_CORE, ['chrt', '--idle', '0', ...command]);
}

/** Resolves when its output has the text. */
export async function untilItPrints(text, started) {
  const endMs = Date.now() + START_MS;
  while (!started.output().includes(text)) {
    if (Date.now() > endMs || started.child.exitCode !== null)
      throw new Error(`it did not print "${text}":\n${started.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Asks it to stop, and makes it when it does not. */
export async function stop({ child, ended }) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

/** Runs a program to its end and answers what it printed. */
export async function run(core, command, timeoutMs, env = {}) {
  const started = start(core, command, env);
  const timer = setTimeout(() => started.child.kill('SIGKILL'), timeoutMs);
  const code = await started.ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${started.output()}`);
  return started.output();
}

/** Polls until the port takes connections. */
export async function untilItListens(port, server) {
  const endMs = Date.now() + START_MS;
  while (Date.now() < endMs && server.child.exitCode === null) {
    if (await takesConnections(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}:\n${server.output()}`);
}

function takesConnections(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
