import { ProblemError } from '../http/problem.js';

const RETRY_S = 2;

/** Lets a few run at once; the others wait in line, and only so many. */
export class Turns {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waitingMax: number,
  ) {}

  /** `isFirst` goes before everyone who waits, however many. Rejects with the problem `busy` when the line is full. */
  async run<T>(work: () => Promise<T>, isFirst = false): Promise<T> {
    if (this.running >= this.atOnce) await this.wait(isFirst);
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private wait(isFirst: boolean): Promise<void> {
    if (!isFirst && this.line.length >= this.waitingMax) {
      const extras = { retryAfterS: RETRY_S };
      throw new ProblemError('busy', 'Too many sign in at this moment. Try again in some seconds.', extras);
    }
    return new Promise((resolve) => {
      if (isFirst) this.line.unshift(resolve);
      else this.line.push(resolve);
    });
  }
}
