import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

export interface Job {
  seed: number;
  /** The name of one. */
  sabotage?: string;
}

/** What became of a federation. */
export interface Outcome extends Job {
  /** Over every step and every ledger; null for one that failed. */
  hash: string | null;
  messages: number;
  /** The error's cause and its story, with the command that replays it. */
  failure: { name: string; story: string } | null;
}

/** Runs federations in processes of their own, as many at once as there are processors. */
export class Pool {
  private readonly idle: ChildProcess[] = [];
  private readonly waiting: ((worker: ChildProcess) => void)[] = [];
  private readonly workers: ChildProcess[];

  constructor(readonly size = availableParallelism()) {
    this.workers = Array.from({ length: size }, () => fork(WORKER, { execArgv: ['--no-warnings'] }));
    this.idle.push(...this.workers);
  }

  async run(job: Job): Promise<Outcome> {
    const worker =
      this.idle.pop() ?? (await new Promise<ChildProcess>((resolve) => this.waiting.push(resolve)));
    const outcome = await outcomeOf(worker, job);
    const next = this.waiting.shift();
    if (next) next(worker);
    else this.idle.push(worker);
    return outcome;
  }

  /** Runs all of them, and tells of each as it ends. */
  async runAll(jobs: readonly Job[], tell: (outcome: Outcome) => void): Promise<void> {
    const left = [...jobs].reverse();
    const work = async () => {
      for (let job = left.pop(); job; job = left.pop()) tell(await this.run(job));
    };
    await Promise.all(this.workers.map(work));
  }

  close(): void {
    for (const worker of this.workers) worker.kill();
  }
}

function outcomeOf(worker: ChildProcess, job: Job): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null, signal: string | null) =>
      reject(new Error(`seed ${job.seed} ended its process: ${signal ?? code}`));
    worker.once('exit', gone);
    worker.once('message', (outcome) => {
      worker.off('exit', gone);
      resolve(outcome as Outcome);
    });
    worker.send(job);
  });
}
