import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { RedisCountStore } from '../../src/storage/redis/redis-count-store.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import {
  DAY,
  DAY_SKETCH,
  hitsOf,
  isBack,
  NOW_MS,
  recordUntilAcknowledged,
  sketchOf,
  visitOf,
} from './visits.js';

const AT_ONCE_MS = 100;
const ROUNDS = 8;
const AWAY = { name: 'StoreUnavailableError' };

describeWithRedis('counting while Redis comes and goes', () => {
  let server: RedisServer;
  let store: RedisCountStore;

  beforeAll(async () => {
    server = await RedisServer.start({ appendOnly: true });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.command('FLUSHALL');
    store = await RedisCountStore.open({ url: server.url, clock: new ManualClock(NOW_MS), owner: 'node-1' });
  });
  afterEach(() => store.close());

  it('refuses every call at once while it is away, and comes back by itself', async () => {
    await store.record(visitOf('a'));
    await server.kill('SIGKILL');
    await expect(store.record(visitOf('b'))).rejects.toMatchObject(AWAY);
    const startMs = performance.now();
    for (const call of [
      () => store.record(visitOf('b')),
      () => store.recordBatch([visitOf('b')], 'key'),
      () => store.sketch(DAY_SKETCH),
      () => store.daySketches(DAY),
      () => store.days(DAY, DAY),
      () => store.hours(`${DAY}T00`, `${DAY}T23`),
      () => store.mergeSketch(DAY_SKETCH, sketchOf(['b'])),
      () => store.raiseImportedUniques(DAY, 1),
      () => store.prune(DAY, `${DAY}T00`),
      () => store.check(),
    ]) {
      await expect(call()).rejects.toMatchObject(AWAY);
    }
    expect(performance.now() - startMs).toBeLessThan(AT_ONCE_MS);
    await server.launch();
    await isBack(store);
    await store.record(visitOf('b'));
    expect((await store.sketch(DAY_SKETCH))?.equals(sketchOf(['a', 'b']))).toBe(true);
    expect(await hitsOf(store)).toBe(2);
  });

  it('kill -9 of Redis under load, eight times: nothing acknowledged is lost, nothing is double', async () => {
    const people: string[] = [];
    let refusals = 0;
    let isOver = false;
    async function visit(worker: number): Promise<void> {
      while (!isOver) {
        const person = `${worker}/${people.length}`;
        people.push(person);
        refusals += await recordUntilAcknowledged(store, visitOf(person));
      }
    }
    const load = Promise.all(Array.from({ length: 50 }, (_, worker) => visit(worker)));
    for (let round = 0; round < ROUNDS; round++) {
      await whenGrown(people, 300);
      await server.kill('SIGKILL');
      await server.launch();
      await isBack(store);
    }
    isOver = true;
    await load;
    expect(refusals).toBeGreaterThan(ROUNDS);
    expect(await hitsOf(store)).toBe(people.length);
    expect((await store.sketch(DAY_SKETCH))?.equals(sketchOf(people))).toBe(true);
  });

  it('a Redis that hangs: refused after the time limit, then at once; nothing double when it goes on', async () => {
    await store.record(visitOf('a'));
    server.signal('SIGSTOP');
    await expect(store.record(visitOf('b'))).rejects.toMatchObject(AWAY);
    const startMs = performance.now();
    await expect(store.record(visitOf('b'))).rejects.toMatchObject(AWAY);
    expect(performance.now() - startMs).toBeLessThan(AT_ONCE_MS);
    server.signal('SIGCONT');
    await recordUntilAcknowledged(store, visitOf('b'));
    expect(await hitsOf(store)).toBe(2);
  });

  it('a Redis that is full: refused with its reason, counted again when there is room', async () => {
    await store.record(visitOf('a'));
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await expect(store.record(visitOf('b'))).rejects.toThrow(/OOM/);
    await expect(store.check()).rejects.toThrow(/OOM/);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await hitsOf(store)).toBe(1);
    await store.record(visitOf('b'));
    expect(await hitsOf(store)).toBe(2);
    expect((await store.sketch(DAY_SKETCH))?.equals(sketchOf(['a', 'b']))).toBe(true);
  });

  it('a database that somebody emptied: refused once, then every visitor is counted anew', async () => {
    await store.record(visitOf('a'));
    await server.command('FLUSHALL');
    await expect(store.record(visitOf('a'))).rejects.toThrow(/emptied/);
    await isBack(store);
    await store.record(visitOf('a'));
    expect(await hitsOf(store)).toBe(1);
    expect((await store.sketch(DAY_SKETCH))?.equals(sketchOf(['a']))).toBe(true);
  });
});

async function whenGrown(list: readonly unknown[], by: number): Promise<void> {
  const length = list.length + by;
  while (list.length < length) await new Promise(setImmediate);
}
