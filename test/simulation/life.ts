import { StoreUnavailableError } from '../../src/storage/count-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';
import type { Disk } from '../federation/core-network.js';

/** What a dead process waits for. Each wait is its own: one for all would keep every process that ever died in memory. */
const never = () => new Promise<never>(() => undefined);

/**
 * One run of a node's program, from its start to its end. All it does to its stores goes through here: at a given
 * operation it is killed, before the operation or after it, and nothing that it had still to do is done. A write is
 * whole or not at all, as every store promises; what needs two of them may be torn between the two.
 */
export class Life {
  isOver = false;
  readonly over: Promise<void>;
  private markOver!: () => void;
  private fuse = Number.POSITIVE_INFINITY;
  private diesAfter = false;
  private failures = 0;
  private isCalm = false;

  constructor() {
    this.over = new Promise((resolve) => {
      this.markOver = resolve;
    });
  }

  end(): void {
    this.isOver = true;
    this.markOver();
  }

  /** It is killed at the operation of that number from now on, from 1 on. */
  endAt(operation: number, { after }: { after: boolean }): void {
    this.fuse = operation;
    this.diesAfter = after;
  }

  /** Its disk refuses so many operations. */
  failNext(count: number): void {
    this.failures = count;
  }

  /** Nothing is in store for it any more. */
  spare(): void {
    this.fuse = Number.POSITIVE_INFINITY;
    this.failures = 0;
  }

  /** Looks at it, or lets a person do something with it, while its disk does as it is told. */
  async calmly<T>(work: () => Promise<T>): Promise<T> {
    this.isCalm = true;
    try {
      return await work();
    } finally {
      this.isCalm = false;
    }
  }

  /** What it has begun comes to its end, or it does: false then. Rejects as the work does. */
  async lives(work: Promise<unknown>): Promise<boolean> {
    await Promise.race([work, this.over]);
    return !this.isOver;
  }

  guard(disk: Disk): Disk {
    const records = Object.create(MemoryRecords.prototype) as MemoryRecords;
    for (const [name, store] of Object.entries(disk.records))
      Object.defineProperty(records, name, { value: this.guarded(store as object) });
    return { records, counts: this.guarded(disk.counts), keyring: this.guarded(disk.keyring) };
  }

  private guarded<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name) => {
        const property = Reflect.get(target, name) as unknown;
        if (typeof property !== 'function') return property;
        return (...given: unknown[]) => this.operation(async () => property.apply(target, given));
      },
    });
  }

  private async operation(work: () => Promise<unknown>): Promise<unknown> {
    if (this.isCalm) return work();
    this.fuse -= 1;
    if (this.fuse === 0 && !this.diesAfter) this.end();
    if (this.isOver) return never();
    if (this.failures > 0) {
      this.failures -= 1;
      throw new StoreUnavailableError('the disk is full');
    }
    const done = await work();
    if (this.fuse === 0) this.end();
    return this.isOver ? never() : done;
  }
}
