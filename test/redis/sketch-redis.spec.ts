import { createCipheriv, createHash, randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient, RESP_TYPES } from 'redis';
import { decodeHyll, encodeDenseHyll, encodeHyll } from '../../src/sketch/hyll.js';
import { RANK_MAX, REGISTER_COUNT, Sketch } from '../../src/sketch/sketch.js';
import { describeWithAnyRedis } from '../support/redis-server.js';

/** Other cases in every run; a failure prints the seed, and HEADCOUNT_TEST_SEED brings them back. */
const SEED = Number(process.env.HEADCOUNT_TEST_SEED ?? randomInt(2 ** 32));
const BATCH = 5_000;

type Connection = ReturnType<typeof connect>;

/** Counts as text: beyond 2^53 the client rounds digit by digit, and comes out beside the nearest double. */
function connect(url: string) {
  const types = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String };
  return createClient({ url }).withTypeMapping(types);
}

/** What is random about one case, and nothing else. */
class Case {
  private readonly stream;
  private pool = Buffer.alloc(0);

  constructor(name: string) {
    const key = createHash('sha256').update(`${SEED}/${name}`).digest();
    this.stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  below(limit: number): number {
    return this.bytes(6).readUIntBE(0, 6) % limit;
  }

  /** As many small numbers as large ones. */
  size(max: number): number {
    return Math.floor((max + 1) ** (this.below(1e6) / 1e6)) - 1;
  }

  bytes(length: number): Buffer {
    if (this.pool.length < length) this.pool = this.stream.update(Buffer.alloc(Math.max(8_192, length)));
    const taken = this.pool.subarray(0, length);
    this.pool = this.pool.subarray(length);
    return taken;
  }

  visitorIds(count: number): Buffer[] {
    return Array.from({ length: count }, () => this.bytes(16));
  }

  /** PFADD takes elements of any length, repeated ones too. */
  elements(count: number): Buffer[] {
    const list: Buffer[] = [];
    for (let at = 0; at < count; at++) {
      const isRepeated = at > 0 && this.below(8) === 0;
      list.push(isRepeated ? list[this.below(at)]! : this.bytes(this.below(40)));
    }
    return list;
  }
}

function sketchOf(elements: readonly Buffer[]): Sketch {
  const sketch = new Sketch();
  for (const element of elements) sketch.add(element);
  return sketch;
}

async function pfAdd(client: Connection, key: string, elements: readonly Buffer[]): Promise<void> {
  if (elements.length === 0) await client.sendCommand(['PFADD', key]);
  for (let from = 0; from < elements.length; from += BATCH) {
    await client.pfAdd(key, elements.slice(from, from + BATCH));
  }
}

/** Same registers and same count in Redis. */
async function expectSame(client: Connection, key: string, sketch: Sketch, name: string): Promise<void> {
  const [bytes, count] = await Promise.all([client.get(key), client.pfCount(key)]);
  const stored = decodeHyll(bytes as Buffer);
  const seen = { case: name, seed: SEED, isSame: stored.equals(sketch), count };
  const estimate = BigInt(Math.round(sketch.estimate()));
  expect(seen).toEqual({ case: name, seed: SEED, isSame: true, count: `${estimate}` });
}

/** Many at a time, so that it is not the way to Redis and back that takes the time. */
async function forEachCase(name: string, count: number, act: (random: Case, name: string) => Promise<void>) {
  const together = 50;
  for (let from = 0; from < count; from += together) {
    const names = Array.from({ length: Math.min(together, count - from) }, (_, at) => `${name} ${from + at}`);
    await Promise.all(names.map((each) => act(new Case(each), each)));
  }
}

describeWithAnyRedis('a sketch and Redis', (redis) => {
  const prefix = `headcount-test:${randomInt(2 ** 40).toString(36)}:`;
  const keys = new Set<string>();
  let client: Connection;

  function key(name: string): string {
    keys.add(prefix + name);
    return prefix + name;
  }

  async function forget(): Promise<void> {
    for (const each of keys) await client.unlink(each);
    keys.clear();
  }

  beforeAll(async () => {
    client = connect(redis.url);
    await client.connect();
  });
  afterAll(async () => {
    await forget();
    await client.close();
  });

  it('hold the same registers and count the same, for 2,000 random sets of elements', async () => {
    await forEachCase('elements', 2_000, async (random, name) => {
      const elements = random.below(2) === 0 ? random.elements(random.size(3_000)) : [];
      const ids = random.visitorIds(random.size(300));
      await pfAdd(client, key(name), elements);
      await pfAdd(client, key(name), ids);
      await expectSame(client, key(name), sketchOf([...elements, ...ids]), name);
    });
    await forget();
  }, 60_000);

  it('hold the same registers and count the same at every size up to a million', async () => {
    const sizes = [10_000, 15_000, 17_000, 25_000, 50_000, 100_000, 200_000, 300_000, 500_000, 750_000, 1e6];
    const sketch = new Sketch();
    const random = new Case('large');
    let size = 0;
    for (const target of sizes) {
      for (; size < target; size += BATCH) {
        const ids = random.visitorIds(Math.min(BATCH, target - size));
        for (const id of ids) sketch.add(id);
        await client.pfAdd(key('large'), ids);
      }
      size = target;
      await expectSame(client, key('large'), sketch, `large ${target}`);
    }
  }, 60_000);

  it('merge to the same registers, sparse and dense, into new keys and old ones', async () => {
    await forEachCase('merge', 300, async (random, name) => {
      const target = key(`${name} target`);
      const union = new Sketch();
      const parts = Array.from({ length: 1 + random.below(5) }, (_, part) => key(`${name} ${part}`));
      for (const part of random.below(2) === 0 ? [target, ...parts] : parts) {
        const ids = random.visitorIds(random.size(5_000));
        union.merge(sketchOf(ids));
        await pfAdd(client, part, ids);
      }
      await client.pfMerge(target, parts);
      await expectSame(client, target, union, name);
    });
    await forget();
  }, 60_000);

  it('go on from bytes that we wrote, canonical or dense', async () => {
    await forEachCase('ours', 500, async (random, name) => {
      const sketch = sketchOf(random.visitorIds(random.size(12_000)));
      const bytes = random.below(4) === 0 ? encodeDenseHyll(sketch) : encodeHyll(sketch);
      await client.set(key(name), Buffer.from(bytes));
      await expectSame(client, key(name), sketch, name);
      const more = random.elements(random.size(200));
      await pfAdd(client, key(name), more);
      sketch.merge(sketchOf(more));
      await expectSame(client, key(name), sketch, `${name}, with more`);
    });
    await forget();
  }, 60_000);

  it('count the same from any registers, those of 10^18 and more included', async () => {
    await forEachCase('registers', 500, async (random, name) => {
      // Ranks least..48 keep the count below 2^63, where PFCOUNT's overflows; some registers are full all the same.
      const least = random.below(49);
      const spread = 1 + random.below(49 - least);
      const emptyOf256 = random.below(3) === 0 ? random.below(256) : 0;
      const bytes = random.bytes(REGISTER_COUNT);
      const rankOf = (byte: number) => {
        if (byte < emptyOf256) return 0;
        return byte > 250 ? RANK_MAX : least + (byte % spread);
      };
      const sketch = new Sketch(Uint8Array.from(bytes, rankOf));
      await client.set(key(name), Buffer.from(encodeHyll(sketch)));
      await expectSame(client, key(name), sketch, name);
    });
    await forget();
  }, 60_000);

  it('is recounted by Redis, whatever count our bytes might hold', async () => {
    const sketch = sketchOf(new Case('recount').visitorIds(1_000));
    const bytes = Buffer.from(encodeHyll(sketch));
    await client.set(key('recount'), bytes);
    await expectSame(client, key('recount'), sketch, 'marked out of date');
    const forged = Buffer.from(bytes);
    forged.writeBigUInt64LE(999_999_999n, 8);
    await client.set(key('recount'), forged);
    expect(await client.pfCount(key('recount'))).toBe('999999999');
    await client.set(key('recount'), Buffer.from(encodeHyll(decodeHyll(forged))));
    await expectSame(client, key('recount'), sketch, 'forged, then encoded anew');
  });
});
