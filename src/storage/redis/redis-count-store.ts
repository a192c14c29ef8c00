import { WatchError } from 'redis';
import type { Clock } from '../../clock/clock.js';
import { DAY_MS, type Day, dayStartMs, HOUR_MS, type Hour } from '../../clock/day.js';
import { decodeHyll, encodeHyll } from '../../sketch/hyll.js';
import type { Sketch } from '../../sketch/sketch.js';
import {
  type CountStore,
  type DayCounts,
  daySketchName,
  type HourCounts,
  type SketchName,
  StoreUnavailableError,
  type Visit,
} from '../count-store.js';
import { DroppedHits } from '../dropped-hits.js';
import { GroupCommit, type PendingVisits, type Recorded } from '../group-commit.js';
import { placeOf, VisitTally } from '../visit-tally.js';
import { type FlushedHits, Flushes, type Multi } from './flushes.js';
import {
  OutcomeUnknownError,
  OwnedByAnotherError,
  type RedisClient,
  RedisConnection,
} from './redis-connection.js';
import { readDay, readHours } from './redis-counts.js';
import { DAYS, dayKey, HOURS, idempotencyKey, OWNER, sketchKey } from './redis-keys.js';
import { ShadowSketches } from './shadow-sketches.js';

const DAYS_KEPT = 400;
const HOURS_KEPT_MS = 49 * HOUR_MS;
const IDEMPOTENCY_S = 24 * 3600;
const MERGE_ATTEMPTS = 10;

export interface RedisOptions {
  url: string;
  clock: Clock;
  /** The node id: a second node on the same database is refused. */
  owner: string;
}

/**
 * Counts in a Redis server, in its own HyperLogLogs. A group of visits is one MULTI of single-key commands, answered
 * once Redis has answered, which with its append-only file survives `kill -9` of either process.
 */
export class RedisCountStore implements CountStore {
  private readonly commits = new GroupCommit((pending) => this.inTurn(() => this.write(pending)));
  private readonly dropped = new DroppedHits(() => this.commits.add([]));
  private readonly shadows = new ShadowSketches();
  private readonly flushes = new Flushes();
  private connection!: RedisConnection;
  private lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: RedisOptions) {}

  /** Throws StoreUnavailableError when the server is away, OwnedByAnotherError when it holds another node's counts. */
  static async open(options: RedisOptions): Promise<RedisCountStore> {
    const store = new RedisCountStore(options);
    store.connection = await RedisConnection.open(options.url, (client) => store.welcome(client));
    return store;
  }

  async record(visit: Visit): Promise<void> {
    await this.commits.add([visit]);
  }

  recordBatch(visits: readonly Visit[], idempotency?: string): Promise<Recorded> {
    return this.commits.add(visits, idempotency ?? null);
  }

  recordDropped(day: Day, reason: string, count: number): void {
    this.dropped.add(day, reason, count);
  }

  async raiseImportedUniques(day: Day, uniques: number): Promise<void> {
    const raise = `local known = redis.call('HGET', KEYS[1], 'imported')
      if not known or tonumber(known) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'imported', ARGV[1]) end`;
    await this.connection.run(async (client) => {
      await client.eval(raise, { keys: [dayKey(day)], arguments: [String(uniques)] });
      await this.touchDay(client.multi(), day).exec();
    });
  }

  async sketch(name: SketchName): Promise<Sketch | null> {
    const bytes = await this.connection.run((client) => readSketch(client, name));
    return bytes && decodeHyll(bytes);
  }

  async daySketches(day: Day): Promise<Map<string, Sketch>> {
    return this.connection.run(async (client) => {
      const { keyNames } = await readDay(client, day);
      const sketches = new Map<string, Sketch>();
      for (const keyName of keyNames) {
        const bytes = await readSketch(client, daySketchName(day, keyName));
        if (bytes) sketches.set(keyName, decodeHyll(bytes));
      }
      return sketches;
    });
  }

  /** Our own canonical bytes take the place of the merged ones, unless another process wrote meanwhile. */
  async mergeSketch(name: SketchName, sketch: Sketch): Promise<void> {
    await this.inTurn(() =>
      this.connection.run(async (client) => {
        for (let attempt = 0; attempt < MERGE_ATTEMPTS; attempt++) {
          await client.watch(sketchKey(name));
          const bytes = await readSketch(client, name);
          const merged = bytes ? decodeHyll(bytes) : sketch.clone();
          merged.merge(sketch);
          const multi = client.multi().set(sketchKey(name), Buffer.from(encodeHyll(merged)));
          this.touchSketch(multi, name);
          if (await isCarriedOut(multi)) return;
        }
        throw new StoreUnavailableError('another process writes the same sketch all the time');
      }),
    );
  }

  async days(from: Day, to: Day): Promise<DayCounts[]> {
    return this.connection.run(async (client) => {
      const days = await client.zRangeByLex(DAYS, `[${from}`, `[${to}`);
      return Promise.all(days.map(async (day) => (await readDay(client, String(day))).counts));
    });
  }

  hours(from: Hour, to: Hour): Promise<HourCounts[]> {
    return this.connection.run((client) => readHours(client, from, to));
  }

  /** Keys expire by themselves; this brings it forward, and forgets the days' names. */
  async prune(firstDay: Day, firstHour: Hour): Promise<number> {
    return this.connection.run(async (client) => {
      const days = (await client.zRangeByLex(DAYS, '-', `(${firstDay}`)).map(String);
      for (const day of days) {
        const { keyNames } = await readDay(client, day);
        for (const keyName of keyNames) await client.del(sketchKey(daySketchName(day, keyName)));
        await client.del(dayKey(day));
        await client.zRem(DAYS, day);
      }
      const hours = await readHours(client, '', firstHour);
      for (const { hour } of hours) {
        if (hour < firstHour)
          await client
            .multi()
            .hDel(HOURS, hour)
            .del(sketchKey(`hour/${hour}`))
            .exec();
      }
      this.shadows.forgetAll();
      return days.length;
    });
  }

  async check(): Promise<void> {
    await this.connection.run((client) => client.set(OWNER, this.options.owner));
  }

  async close(): Promise<void> {
    this.dropped.stop();
    await this.commits.add([]).catch(() => undefined);
    await this.commits.idle();
    await this.connection.close();
  }

  private async welcome(client: RedisClient): Promise<void> {
    this.shadows.forgetAll();
    await client.set(OWNER, this.options.owner, { condition: 'NX' });
    const owner = String(await client.get(OWNER));
    if (owner !== this.options.owner) {
      throw new OwnedByAnotherError(
        `this Redis database holds the counts of node ${owner}: give this node another one (redis://…/<number>)`,
      );
    }
    await this.flushes.settle(client);
  }

  private async write(pending: readonly PendingVisits[]): Promise<Recorded[]> {
    const dropped = this.dropped.take();
    let flushed: FlushedHits | null = null;
    try {
      return await this.connection.run(async (client) => {
        for (;;) {
          const outcomes = await this.claims(client, pending);
          const tally = new VisitTally();
          pending.forEach(({ visits }, index) => {
            if (outcomes[index] === 'recorded') tally.add(visits);
          });
          flushed = { dayHits: tally.dayHits, hourHits: tally.hourHits, dropped };
          if (await isCarriedOut(this.flush(client, pending, outcomes, tally, flushed))) return outcomes;
          // Another process took one of the idempotency keys meanwhile.
          this.shadows.forgetAll();
        }
      });
    } catch (error) {
      this.shadows.forgetAll();
      if (error instanceof OutcomeUnknownError && flushed) this.flushes.doubt(flushed);
      this.dropped.giveBack(dropped);
      throw error;
    }
  }

  /** Which of the batches are new. Their keys are watched, so that the flush fails if one is taken meanwhile. */
  private async claims(client: RedisClient, pending: readonly PendingVisits[]): Promise<Recorded[]> {
    const taken = new Set<string>();
    const outcomes: Recorded[] = [];
    for (const { idempotencyKey: key } of pending) {
      if (key === null) {
        outcomes.push('recorded');
        continue;
      }
      await client.watch(idempotencyKey(key));
      const isKnown = taken.has(key) || (await client.exists(idempotencyKey(key))) === 1;
      taken.add(key);
      outcomes.push(isKnown ? 'repeated' : 'recorded');
    }
    return outcomes;
  }

  private flush(
    client: RedisClient,
    pending: readonly PendingVisits[],
    outcomes: readonly Recorded[],
    tally: VisitTally,
    flushed: FlushedHits,
  ): Multi {
    const multi = client.multi();
    this.flushes.begin(multi, flushed);
    for (const day of new Set([...tally.dayHits.keys(), ...flushed.dropped.keys()]))
      this.touchDay(multi, day);
    if (tally.hourHits.size > 0) multi.expireAt(HOURS, this.seconds(HOURS_KEPT_MS));
    for (const [name, ids] of tally.ids) {
      const raising = this.shadows.raising(name, ids);
      if (raising.length === 0) continue;
      multi.pfAdd(
        sketchKey(name),
        raising.map((id) => Buffer.from(id.buffer, id.byteOffset, id.length)),
      );
      this.touchSketch(multi, name);
    }
    pending.forEach(({ idempotencyKey: key }, index) => {
      if (key !== null && outcomes[index] === 'recorded')
        multi.set(idempotencyKey(key), '1', expiring(IDEMPOTENCY_S));
    });
    return multi;
  }

  private touchDay(multi: Multi, day: Day): Multi {
    multi.zAdd(DAYS, { score: 0, value: day });
    multi.expireAt(dayKey(day), dayEnd(day));
    return multi;
  }

  /** The all-time sketch is kept as long as anybody comes within the time that days are kept. */
  private touchSketch(multi: Multi, name: SketchName): void {
    const { day, hour, keyName } = placeOf(name);
    if (day !== null) multi.hSet(dayKey(day), `key:${keyName}`, '1').expireAt(sketchKey(name), dayEnd(day));
    else multi.expireAt(sketchKey(name), this.seconds(hour === null ? DAYS_KEPT * DAY_MS : HOURS_KEPT_MS));
  }

  private seconds(fromNowMs: number): number {
    return Math.floor((this.options.clock.nowMs() + fromNowMs) / 1000);
  }

  /** Flushes and merges use WATCH, which is the connection's: one at a time. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(work, work);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

function dayEnd(day: Day): number {
  return (dayStartMs(day) + (DAYS_KEPT + 1) * DAY_MS) / 1000;
}

function expiring(seconds: number) {
  return { expiration: { type: 'EX', value: seconds } } as const;
}

async function readSketch(client: RedisClient, name: SketchName): Promise<Uint8Array | null> {
  const bytes: unknown = await client.get(sketchKey(name));
  return Buffer.isBuffer(bytes) ? bytes : null;
}

/** False when a watched key changed: then nothing of it was carried out. */
async function isCarriedOut(multi: Multi): Promise<boolean> {
  try {
    await multi.exec();
    return true;
  } catch (error) {
    if (error instanceof WatchError) return false;
    throw error;
  }
}
