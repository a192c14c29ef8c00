import { StoreUnavailableError } from '../count-store.js';

/**
 * Runs one task after the other, in the order they came.
 *
 * Better-sqlite3 behind TypeORM is a single connection: between two awaits of one transaction the statements
 * of another would slip into it ("cannot start a transaction within a transaction"), and a read would see
 * rows that are never committed. Whoever uses the connection therefore waits for his turn here. The queue is
 * bounded, because a disk that has become slow must answer 503 and not fill the memory.
 */
export class SerialQueue {
  private waiting = 0;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly waitingMax: number) {}

  /** Answers what the task answers. Rejects with StoreUnavailableError at once when too many are waiting. */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.waiting >= this.waitingMax) {
      const reason = `${this.waiting} operations on the records are already waiting`;
      return Promise.reject(new StoreUnavailableError(reason));
    }
    this.waiting += 1;
    const result = this.tail.then(task).finally(() => {
      this.waiting -= 1;
    });
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all that was waiting has run. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
