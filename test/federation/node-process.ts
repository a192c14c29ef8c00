import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeClient } from '../../src/cli/node-client.js';
import { socketPathOf } from '../../src/storage/data-paths.js';

const PROGRAM = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));
const START_MS = 120_000;

export type Settings = Readonly<Record<string, string>>;

/** The built program as an operator runs it, on loopback, with a data directory below a test's folder. */
export class NodeProcess {
  /** All it has printed, on both streams. */
  printed = '';
  readonly client: NodeClient;
  private readonly ended: Promise<unknown>;

  private constructor(
    readonly dataDir: string,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    this.client = new NodeClient(socketPathOf(dataDir));
    this.ended = once(child, 'close');
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (text: Buffer) => {
        this.printed += text.toString();
      });
    }
  }

  /** Spawns it and waits for nothing. */
  static spawn(folder: string, name: string, port: number, settings: Settings): NodeProcess {
    const dataDir = join(folder, name);
    const env = {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST: '127.0.0.1',
      HEADCOUNT_DATA_DIR: dataDir,
      HEADCOUNT_NAME: name,
      HEADCOUNT_VISITOR: 'site-id',
      HEADCOUNT_WRITE_KEY: WRITE_KEY,
      HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1',
      HEADCOUNT_REPORT_INTERVAL: '1s',
      ...settings,
    };
    const child = spawn(process.execPath, [PROGRAM, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    return new NodeProcess(dataDir, `http://127.0.0.1:${port}`, child);
  }

  /** Spawns it and resolves when it listens. Rejects with what it printed when it ends instead. */
  static async start(folder: string, name: string, port: number, settings: Settings): Promise<NodeProcess> {
    const node = NodeProcess.spawn(folder, name, port, settings);
    await node.printsMatching(/is running at/);
    return node;
  }

  /** Resolves when what it printed matches. Rejects when it ends or takes too long. */
  async printsMatching(pattern: RegExp): Promise<void> {
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), START_MS);
    while (!pattern.test(this.printed)) {
      const hasEnded = await Promise.race([
        once(this.child.stdout!, 'data').then(() => false),
        once(this.child.stderr!, 'data').then(() => false),
        this.ended.then(() => true),
      ]);
      if (hasEnded && !pattern.test(this.printed)) throw new Error(`the node ended:\n${this.printed}`);
    }
    clearTimeout(deadline);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves with its exit code when it has ended by itself. */
  async exitCode(): Promise<number | null> {
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), START_MS);
    await this.ended;
    clearTimeout(deadline);
    return this.child.exitCode;
  }

  /** One visit of a person whom the site knows by an id. */
  async visit(visitor: string): Promise<void> {
    const response = await fetch(`${this.url}/v1/hits`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${WRITE_KEY}`,
        'content-type': 'application/json',
        'user-agent': FIREFOX,
      },
      body: JSON.stringify({ path: '/', visitor }),
    });
    if (!response.ok) throw new Error(`a hit was answered with ${response.status}: ${await response.text()}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.ended;
  }
}

const WRITE_KEY = 'hc_write_for-these-tests-only';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
