import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions, type EntityManager, type QueryRunner } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { StoreUnavailableError } from '../count-store.js';
import { SerialQueue } from './serial-queue.js';
import { asStoreError, wantsNewConnection } from './store-errors.js';

/** A store of a report waits with some 50 kB of sketches: this bounds the memory of the queue to 50 MB. */
const WAITING_MAX = 1_000;

/**
 * One connection, used by one task at a time, and replaced when it broke.
 *
 * Every method rejects with StoreUnavailableError when the database can't be read or written, when too many
 * are waiting, and after close.
 */
export class RelationalConnection {
  private readonly queue = new SerialQueue(WAITING_MAX);
  private source: DataSource | null = null;
  private isClosed = false;

  constructor(private readonly options: DataSourceOptions) {}

  /** Runs the work outside of a transaction: for single statements and for migrations. */
  run<Result>(work: (source: DataSource) => Promise<Result>): Promise<Result> {
    return this.queue.run(() => this.guarded(work));
  }

  /** Synchronous work on the driver's own connection: a statement there costs a tenth of what it costs through TypeORM. */
  bare<Result>(work: (database: Database) => Result): Promise<Result> {
    return this.run(async ({ driver }) => work((driver as BetterSqlite3Driver).databaseConnection));
  }

  /** Runs the work in one transaction: all of it is durable when this resolves, or nothing of it happened. */
  transaction<Result>(work: (rows: EntityManager) => Promise<Result>): Promise<Result> {
    return this.run(async (source) => {
      const runner = await this.begun(source);
      try {
        const result = await work(runner.manager);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        await this.rollBack(runner);
        throw error;
      }
    });
  }

  /** Waits for what was begun, then closes. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.queue.idle();
    await this.disconnect();
  }

  private async guarded<Result>(work: (source: DataSource) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.connected());
    } catch (error) {
      if (wantsNewConnection(error)) await this.disconnect();
      throw asStoreError(error);
    }
  }

  private async connected(): Promise<DataSource> {
    if (this.isClosed) throw new StoreUnavailableError('the records are closed');
    if (this.source === null) {
      const source = new DataSource(this.options);
      await source.initialize();
      this.source = source;
    }
    return this.source;
  }

  private async begun(source: DataSource): Promise<QueryRunner> {
    const runner = source.createQueryRunner();
    try {
      await runner.startTransaction();
      return runner;
    } catch (error) {
      await this.disconnect();
      throw error;
    }
  }

  private async rollBack(runner: QueryRunner): Promise<void> {
    try {
      await runner.rollbackTransaction();
    } catch {
      await this.forgetTransaction(runner);
    }
  }

  /**
   * SQLite may have rolled back by itself: it does when the disk is full. TypeORM's runner then finds nothing to
   * roll back and believes forever to be inside of a transaction. It gets one to roll back, which is a hundred times
   * cheaper than the new connection that is taken when even that fails.
   */
  private async forgetTransaction(runner: QueryRunner): Promise<void> {
    try {
      await runner.query('BEGIN');
      await runner.rollbackTransaction();
    } catch {
      await this.disconnect();
    }
  }

  private async disconnect(): Promise<void> {
    const source = this.source;
    this.source = null;
    await source?.destroy();
  }
}
