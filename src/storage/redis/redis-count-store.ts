import type { Clock } from '../../clock/clock.js';
import type { Day, Hour } from '../../clock/day.js';
import { encodeHyll } from '../../sketch/hyll.js';
import type { Sketch } from '../../sketch/sketch.js';
import {
  type CountStore,
  type DayCounts,
  daySketchName,
  type HourCounts,
  hourSketchName,
  type SketchName,
  StoreUnavailableError,
  type Visit,
} from '../count-store.js';
import { DroppedHits } from '../dropped-hits.js';
import { type CommitFigures, GroupCommit, type PendingVisits, type Recorded } from '../group-commit.js';
import { touchDay, touchSketch } from './flush.js';
import { type RedisClient, RedisConnection } from './redis-connection.js';
import { readDay, readDayNames, readHours, readSketch } from './redis-counts.js';
import { RedisExpiry } from './redis-expiry.js';
import { CHECK, DAYS, dayKey, HOURS, sketchKey } from './redis-keys.js';
import { claimDatabase } from './redis-owner.js';
import { durabilityWarnings } from './redis-warnings.js';
import { unlessWatched, VisitWriter } from './visit-writer.js';

const CHECK_S = 60;
const MERGE_ATTEMPTS_MAX = 10;

/** Raises a field of one hash, never lowers it. */
const RAISE = `local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or tonumber(known) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end`;

export interface RedisOptions {
  /** `redis://[user:password@]host:port/<database number>`, `rediss:` for TLS. */
  url: string;
  clock: Clock;
  /** The node id: another node's database is refused. */
  owner: string;
}

/**
 * Counts in a database of a Redis server, in Redis's own HyperLogLogs. A group of visits is one MULTI, answered when
 * Redis has answered. What was acknowledged survives `kill -9` of this process in any case; of Redis, and a power cut,
 * only with `appendonly yes` and `appendfsync always`: under `everysec` the last two seconds may be lost.
 *
 * Only our own canonical bytes are ever written as a sketch, never a peer's: see hyll.ts.
 */
export class RedisCountStore implements CountStore {
  private readonly commits = new GroupCommit((pending) => this.inTurn(() => this.write(pending)));
  private readonly dropped = new DroppedHits(() => this.commits.add([]));
  private lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly connection: RedisConnection,
    private readonly writer: VisitWriter,
    private readonly expiry: RedisExpiry,
    /** What the server's settings may cost, in words for the operator. */
    readonly warnings: readonly string[],
  ) {}

  /** Throws StoreUnavailableError when the server is away, OwnedByAnotherError when it holds another node's counts. */
  static async open({ url, clock, owner }: RedisOptions): Promise<RedisCountStore> {
    const expiry = new RedisExpiry(clock);
    const writer = new VisitWriter(owner, expiry);
    let warnings: string[] = [];
    const connection = await RedisConnection.open(url, async (client) => {
      await claimDatabase(client, owner, expiry);
      await writer.onReturn(client);
      warnings = await durabilityWarnings(client);
    });
    return new RedisCountStore(connection, writer, expiry, warnings);
  }

  async record(visit: Visit): Promise<void> {
    await this.commits.add([visit]);
  }

  recordBatch(visits: readonly Visit[], idempotencyKey?: string): Promise<Recorded> {
    return this.commits.add(visits, idempotencyKey ?? null);
  }

  recordDropped(day: Day, reason: string, count: number): void {
    this.dropped.add(day, reason, count);
  }

  raiseImportedUniques(day: Day, uniques: number): Promise<void> {
    return this.raise(day, 'imported', uniques);
  }

  async raiseHits(day: Day, hits: number): Promise<void> {
    if (hits > 0) await this.raise(day, 'hits', hits);
  }

  private async raise(day: Day, field: string, value: number): Promise<void> {
    await this.runInTurn(async (client) => {
      const multi = client.multi();
      multi.eval(RAISE, { keys: [dayKey(day)], arguments: [field, `${value}`] });
      touchDay(multi, day, this.expiry);
      await multi.exec();
    });
  }

  sketch(name: SketchName): Promise<Sketch | null> {
    return this.connection.run((client) => readSketch(client, name));
  }

  daySketches(day: Day): Promise<Map<string, Sketch>> {
    return this.connection.run(async (client) => {
      const { keyNames } = await readDay(client, day);
      const read = await Promise.all(
        keyNames.map((keyName) => readSketch(client, daySketchName(day, keyName))),
      );
      const sketches = new Map<string, Sketch>();
      read.forEach((sketch, index) => {
        if (sketch) sketches.set(keyNames[index]!, sketch);
      });
      return sketches;
    });
  }

  /** Read, merged here and written, unless another process wrote meanwhile. */
  async mergeSketch(name: SketchName, sketch: Sketch): Promise<void> {
    await this.runInTurn(async (client) => {
      if (sketch.isEmpty()) return;
      for (let attempt = 0; attempt < MERGE_ATTEMPTS_MAX; attempt++) {
        await client.watch(sketchKey(name));
        const merged = (await readSketch(client, name)) ?? sketch.clone();
        merged.merge(sketch);
        const multi = client.multi();
        multi.set(sketchKey(name), Buffer.from(encodeHyll(merged)));
        touchSketch(multi, name, this.expiry);
        if (await unlessWatched(multi)) return;
      }
      throw new StoreUnavailableError('another process writes the same sketch all the time');
    });
  }

  days(from: Day, to: Day): Promise<DayCounts[]> {
    return this.connection.run(async (client) => {
      const days = await readDayNames(client, `[${from}`, `[${to}`);
      const read = await Promise.all(days.map((day) => readDay(client, day)));
      return read.flatMap(({ counts }) => counts ?? []);
    });
  }

  async hours(from: Hour, to: Hour): Promise<HourCounts[]> {
    const hours = await this.connection.run(readHours);
    return hours.filter(({ hour }) => hour >= from && hour <= to);
  }

  /** Keys expire by themselves; this brings it forward, one day at a time, each all or nothing. */
  async prune(firstDay: Day, firstHour: Hour): Promise<number> {
    const days = await this.connection.run((client) => readDayNames(client, '-', `(${firstDay}`));
    let forgotten = 0;
    for (const day of days) if (await this.forgetDay(day)) forgotten += 1;
    const hours = await this.connection.run(readHours);
    await this.forgetHours(hours.map(({ hour }) => hour).filter((hour) => hour < firstHour));
    return forgotten;
  }

  /** Writes, since a Redis that is full or a replica answers reads and takes nothing. */
  get commitFigures(): CommitFigures {
    return this.commits.figures;
  }

  async check(): Promise<void> {
    await this.connection.run((client) =>
      client.set(CHECK, '1', { expiration: { type: 'EX', value: CHECK_S } }),
    );
  }

  async close(): Promise<void> {
    this.dropped.stop();
    await this.commits.add([]).catch(() => undefined);
    await this.commits.idle();
    await this.connection.run((client) => this.writer.end(client)).catch(() => undefined);
    await this.connection.close();
  }

  private async write(pending: readonly PendingVisits[]): Promise<Recorded[]> {
    const dropped = this.dropped.take();
    try {
      return await this.writer.write(this.connection, pending, dropped);
    } catch (error) {
      this.dropped.giveBack(dropped);
      throw error;
    }
  }

  /** Answers whether the day had any count. */
  private forgetDay(day: Day): Promise<boolean> {
    return this.runInTurn(async (client) => {
      const { counts, keyNames } = await readDay(client, day);
      const names = keyNames.map((keyName) => daySketchName(day, keyName));
      const multi = client.multi();
      for (const name of names) multi.del(sketchKey(name));
      multi.del(dayKey(day));
      multi.zRem(DAYS, day);
      await multi.exec();
      this.writer.forget(names);
      return counts !== null;
    });
  }

  private async forgetHours(hours: readonly Hour[]): Promise<void> {
    if (hours.length === 0) return;
    const names = hours.map(hourSketchName);
    await this.runInTurn(async (client) => {
      const multi = client.multi();
      multi.hDel(HOURS, [...hours]);
      for (const name of names) multi.del(sketchKey(name));
      await multi.exec();
    });
    this.writer.forget(names);
  }

  private runInTurn<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.inTurn(() => this.connection.run(work));
  }

  /** What a transaction watches belongs to the connection, so that there is one at a time. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(work, work);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}
