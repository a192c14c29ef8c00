// The servers that are measured: what answers the same request without counting, and headcount on its stores.
import { existsSync } from 'node:fs';
import {
  fileOf,
  freePort,
  isInstalled,
  LOAD_CORE,
  SERVER_CORE,
  start,
  stop,
  temporaryFolder,
  untilItListens,
  WRITE_KEY,
} from './processes.js';

const NODE = fileOf('../dist/program/main.js');

/** A server that only answers, from a file beside this one. */
export async function startPlain(file) {
  const port = await freePort();
  const server = start(SERVER_CORE, [process.execPath, fileOf(file)], {
    PORT: String(port),
    NODE_ENV: 'production',
  });
  const url = `http://127.0.0.1:${port}`;
  await untilItListens(port, server);
  return { url, pid: server.child.pid, stop: () => stop(server) };
}

/** A stand-alone node in a folder of its own. It believes the load about who its visitors are. */
export async function startHeadcount({
  env = {},
  nodeArguments = [],
  cores = SERVER_CORE,
  program = NODE,
} = {}) {
  if (!existsSync(program)) throw new Error('build it first: npm run build');
  const port = await freePort();
  const folder = temporaryFolder();
  const command = [process.execPath, ...nodeArguments, program, 'serve'];
  const server = start(cores, command, { ...settingsOf(port, folder), ...env });
  const url = `http://127.0.0.1:${port}`;
  await untilItListens(port, server);
  return { url, folder, pid: server.child.pid, output: server.output, stop: () => stop(server) };
}

function settingsOf(port, folder) {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    REDIS_URL: '',
    HEADCOUNT_DATA_DIR: folder,
    HEADCOUNT_TRUST_PROXY: '127.0.0.1',
    HEADCOUNT_HITS_PER_MINUTE: '1000000',
    HEADCOUNT_WRITE_KEY: WRITE_KEY,
  };
}

/** The same on a redis-server of its own, which stays on the core of the load. Null, and why, when it cannot be. */
export async function startHeadcountOnRedis() {
  if (!existsSync(fileOf('../dist/storage/redis'))) return { skipped: 'this build has no Redis store' };
  if (!isInstalled('redis-server')) return { skipped: 'there is no redis-server on the PATH' };
  const port = await freePort();
  const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', temporaryFolder(), '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
  const redis = start(LOAD_CORE, ['redis-server', ...settings, ...durable].map(String));
  await untilItListens(port, redis);
  const node = await startHeadcount({ env: { REDIS_URL: `redis://127.0.0.1:${port}` } });
  const stopBoth = async () => {
    await node.stop();
    await stop(redis);
  };
  return { ...node, stop: stopBoth };
}

/** The node's counts of the last 7 days, no older than this call: it answers from memory for a second. */
export async function freshCounts(url) {
  const askedMs = Date.now();
  for (;;) {
    const counts = await (await fetch(`${url}/v1/counts?scope=local&window=7d`)).json();
    if (Date.parse(counts.asOf) >= askedMs) return counts;
    if (Date.now() > askedMs + 10_000) throw new Error('the node answers no fresh counts');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
