import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A script that runs in a process of its own and says things line by line. */
export class ChildScript {
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<unknown>;

  constructor(
    folder: string,
    script: string,
    nodeArguments: readonly string[] = [],
    private readonly child: ChildProcess = spawn(
      process.execPath,
      [...nodeArguments, '--input-type=module', '--eval', script],
      { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] },
    ),
  ) {
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    this.ended = once(child, 'close');
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The next line that it prints; null when it ended. */
  async nextLine(): Promise<string | null> {
    const { done, value } = await this.lines.next();
    return done === true ? null : value;
  }

  /** Ends it as a power cut would: it can do nothing about it. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Resolves when it has ended by itself. */
  async end(): Promise<void> {
    await this.ended;
  }
}
