import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createClient } from 'redis';
import { leaveOut, provideProgram } from './debian-package.js';

/** Also the name of Debian's package. */
const PROGRAM = 'redis-server';
const START_MS = 10_000;

/** A redis-server of the tests' own: a free port on loopback, a temporary folder, ended by its process id. */
export class RedisServer {
  private child!: ChildProcess;

  private constructor(
    readonly port: number,
    /** All that it writes, its log too. */
    readonly folder: string,
    private readonly appendOnly: boolean,
  ) {}

  static async start({ appendOnly = false } = {}): Promise<RedisServer> {
    const server = new RedisServer(
      await freePort(),
      await mkdtemp(join(tmpdir(), 'headcount-redis-')),
      appendOnly,
    );
    await server.launch();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Starts it, or starts it again on the same port and folder after it was killed. Resolves when it answers. */
  async launch(): Promise<void> {
    // Under `everysec` Redis answers before it writes whenever the disk is busy, and tests that kill it fail at times.
    const durable = this.appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
    const where = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder];
    const log = ['--logfile', 'log', '--loglevel', 'debug'];
    this.child = spawn(PROGRAM, [...where, '--save', '', ...durable, ...log], { stdio: 'ignore' });
    await this.answers();
  }

  /** One command by a connection of its own, and the answer as text. */
  async command(...words: string[]): Promise<unknown> {
    const client = createClient({ url: this.url });
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      await client.close();
    }
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }

  /** Stops or continues the process, which keeps its connections open meanwhile. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  async stop(): Promise<void> {
    await this.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    const deadlineMs = Date.now() + START_MS;
    const socket = {
      connectTimeout: 500,
      reconnectStrategy: () => (Date.now() < deadlineMs ? 20 : false) as number,
    };
    const client = createClient({ url: this.url, socket });
    client.on('error', () => undefined);
    await client.connect();
    while ((await client.ping().catch(() => 'LOADING')) !== 'PONG' && Date.now() < deadlineMs);
    await client.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

const isAvailable = provideProgram(PROGRAM);

/** A suite that starts a redis-server. Without any: failed in CI, elsewhere left out with a loud line. */
export function describeWithRedis(name: string, suite: () => void): void {
  if (isAvailable) describe(name, suite);
  else leaveOut(name, PROGRAM, suite);
}

/**
 * A suite that any Redis will do for: the one that REDIS_URL names, which is left running, else one of our own. Its
 * URL can be read in hooks and tests. The suite must keep to keys that nobody else has.
 */
export function describeWithAnyRedis(name: string, suite: (redis: { readonly url: string }) => void): void {
  const redis = { url: process.env.REDIS_URL ?? '' };
  if (redis.url !== '') describe(name, () => suite(redis));
  else if (isAvailable) describe(name, () => suiteWithServer(redis, suite));
  else leaveOut(name, PROGRAM, () => suite(redis));
}

function suiteWithServer(redis: { url: string }, suite: (redis: { readonly url: string }) => void): void {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis.url = server.url;
  });
  suite(redis);
  // Hooks run in the order in which they are declared: the suite closes its connections first.
  afterAll(() => server?.stop());
}
