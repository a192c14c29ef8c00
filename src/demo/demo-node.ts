import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeClient } from '../cli/node-client.js';
import { socketPathOf } from '../storage/data-paths.js';

const PROGRAM = fileURLToPath(new URL('../program/main.js', import.meta.url));
const START_MS = 30_000;
/** Below those that systems give to calls that go out, which would take one before it is listened on. */
const PORTS = [10_000, 32_768] as const;

/** A node in a process of its own, on loopback, with its own data directory. */
export class DemoNode {
  readonly client: NodeClient;
  private output = '';

  private constructor(
    readonly name: string,
    readonly url: string,
    readonly dataDir: string,
    readonly writeKey: string,
    private readonly child: ChildProcess,
  ) {
    this.client = new NodeClient(socketPathOf(dataDir));
    child.stdout?.on('data', (text: Buffer) => {
      this.output += text.toString();
    });
    child.stderr?.on('data', (text: Buffer) => {
      this.output += text.toString();
    });
    // An abort is told as an error too; whoever waits hears of it, and nobody else needs to.
    child.on('error', () => undefined);
  }

  /**
   * Starts it and resolves when it listens. Rejects with what it printed when it ends instead. When the signal
   * aborts, the process is told to end.
   */
  static async start(
    folder: string,
    name: string,
    port: number,
    settings: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<DemoNode> {
    const dataDir = join(folder, name);
    const writeKey = `hc_write_demo_${name}_only`;
    const child = spawn(process.execPath, [PROGRAM, 'serve'], {
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        HOST: '127.0.0.1',
        HEADCOUNT_DATA_DIR: dataDir,
        HEADCOUNT_NAME: name,
        HEADCOUNT_WRITE_KEY: writeKey,
        HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1',
        HEADCOUNT_REPORT_INTERVAL: '1s',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    const node = new DemoNode(name, `http://127.0.0.1:${port}`, dataDir, writeKey, child);
    await node.listening();
    return node;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** All it has printed: nothing in it may be about a visitor. */
  get printed(): string {
    return this.output;
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${this.name} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  private async listening(): Promise<void> {
    const deadlineMs = Date.now() + START_MS;
    while (!this.output.includes('is running at')) {
      if (this.child.exitCode !== null || Date.now() > deadlineMs) {
        this.child.kill('SIGKILL');
        throw new Error(`${this.name} did not start:\n${this.output}`);
      }
      await Promise.race([once(this.child.stdout!, 'data'), once(this.child, 'exit')]);
    }
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
