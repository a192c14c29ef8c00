import { WatchError } from 'redis';
import { type SketchName, StoreUnavailableError } from '../count-store.js';
import type { DroppedByDay } from '../dropped-hits.js';
import type { PendingVisits, Recorded } from '../group-commit.js';
import { Flush, type Multi } from './flush.js';
import { Flushes } from './flushes.js';
import type { RedisClient, RedisConnection } from './redis-connection.js';
import { OutcomeUnknownError } from './redis-errors.js';
import type { RedisExpiry } from './redis-expiry.js';
import { idempotencyKey, OWNER } from './redis-keys.js';
import { ShadowSketches } from './shadow-sketches.js';

/** Only another process of the same node on the same database makes an attempt fail. */
const ATTEMPTS_MAX = 10;

/** Writes groups of visits, one MULTI each, one at a time. Whatever goes wrong, nothing is counted twice. */
export class VisitWriter {
  private readonly shadows = new ShadowSketches();
  private readonly flushes = new Flushes();

  constructor(
    private readonly owner: string,
    private readonly expiry: RedisExpiry,
  ) {}

  /** Call it when the server is back, before anything else is written: what it holds by now is anybody's guess. */
  async onReturn(client: RedisClient): Promise<void> {
    this.shadows.forgetAll();
    await this.flushes.settle(client);
  }

  async write(
    connection: RedisConnection,
    pending: readonly PendingVisits[],
    dropped: DroppedByDay,
  ): Promise<Recorded[]> {
    let flush: Flush | null = null;
    try {
      return await connection.run(async (client) => {
        for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
          const outcomes = await claim(client, pending);
          flush = new Flush(pending, outcomes, dropped, this.expiry);
          if (await this.isCarriedOut(client, flush)) return outcomes;
          this.shadows.forgetAll();
        }
        throw new StoreUnavailableError('another process takes the same idempotency keys all the time');
      });
    } catch (error) {
      this.shadows.forgetAll();
      if (error instanceof OutcomeUnknownError && flush) this.flushes.doubt(flush);
      throw error;
    }
  }

  /** These sketches were deleted: should anybody come once more, they begin anew. */
  forget(names: readonly SketchName[]): void {
    for (const name of names) this.shadows.forget(name);
  }

  async end(client: RedisClient): Promise<void> {
    await this.flushes.end(client);
  }

  /**
   * False when a watched key changed. The transaction also reads whose the database is: an emptied one is nobody's,
   * and then visitors whom a shadow left out are in no sketch; the flush is treated like one that broke.
   */
  private async isCarriedOut(client: RedisClient, flush: Flush): Promise<boolean> {
    const multi: Multi = client.multi();
    multi.get(OWNER);
    multi.expire(OWNER, this.expiry.node());
    this.flushes.begin(multi);
    flush.addTo(multi, this.shadows);
    const replies = await unlessWatched(multi);
    if (replies === null) return false;
    if (String(replies[0]) === this.owner) return true;
    throw new OutcomeUnknownError('the Redis database was emptied or given to another node');
  }
}

/** Which of the batches are new. Their keys are watched, so that the flush fails if one is taken meanwhile. */
async function claim(client: RedisClient, pending: readonly PendingVisits[]): Promise<Recorded[]> {
  const keys = new Set<string>();
  for (const { idempotencyKey: key } of pending) if (key !== null) keys.add(key);
  const known = await knownOf(client, [...keys]);
  return pending.map(({ idempotencyKey: key }) => {
    if (key === null) return 'recorded';
    if (known.has(key)) return 'repeated';
    known.add(key);
    return 'recorded';
  });
}

async function knownOf(client: RedisClient, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const names = keys.map(idempotencyKey);
  const [, ...counts] = await Promise.all([client.watch(names), ...names.map((name) => client.exists(name))]);
  return new Set(keys.filter((_, index) => counts[index] === 1));
}

/** The replies; null when a watched key changed, and then nothing was carried out. */
export async function unlessWatched(multi: Multi): Promise<readonly unknown[] | null> {
  try {
    return await multi.exec();
  } catch (error) {
    if (error instanceof WatchError) return null;
    throw error;
  }
}
