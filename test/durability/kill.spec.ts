import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock/clock.js';
import { ALL_TIME, type CountStore } from '../../src/storage/count-store.js';
import { RedisCountStore } from '../../src/storage/redis/redis-count-store.js';
import { SqliteCountStore } from '../../src/storage/sqlite/sqlite-count-store.js';
import { idOf, visitOf } from '../contract/count-store-fixtures.js';
import { ChildScript } from '../support/child-script.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ROUNDS = 12;
const TODAY = '2026-11-22';

/** Records new visitors without end, forty at a time, and prints each one once it was acknowledged. */
function recordForever(open: string, round: number): string {
  return `
    import { createHash } from 'node:crypto';
    import { systemClock } from './dist/clock/clock.js';
    import { RedisCountStore } from './dist/storage/redis/redis-count-store.js';
    import { SqliteCountStore } from './dist/storage/sqlite/sqlite-count-store.js';
    const store = await ${open};
    let next = 0;
    await Promise.all(Array.from({ length: 40 }, async () => {
      for (;;) {
        const person = '${round}-' + next++;
        const visitorId = createHash('sha256').update(person).digest().subarray(0, 16);
        const sightings = ['day/${TODAY}/1f2e3d4c.41', 'all'].map((sketch) => ({ sketch, visitorId }));
        await store.record({ day: '${TODAY}', hour: null, sightings });
        process.stdout.write(person + '\\n');
      }
    }));`;
}

/** Reads acknowledged visitors until so many have come, and then kills the process in the middle of its work. */
async function acknowledgedBeforeDeath(script: string, count: number): Promise<string[]> {
  const child = new ChildScript(ROOT, script);
  const acknowledged: string[] = [];
  for (let line = await child.nextLine(); line !== null; line = await child.nextLine()) {
    acknowledged.push(line);
    if (acknowledged.length === count) break;
  }
  await child.kill();
  return acknowledged;
}

async function expectCounted(store: CountStore, people: readonly string[]): Promise<void> {
  const sketch = await store.sketch(ALL_TIME);
  expect(people.filter((person) => sketch!.add(idOf(person)))).toEqual([]);
  const [day] = await store.days(TODAY, TODAY);
  expect(day!.hits).toBeGreaterThanOrEqual(people.length);
}

describe('kill -9 under load: SQLite', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-kill-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it(`keeps every acknowledged visitor, ${ROUNDS} times`, async () => {
    const path = join(folder, 'counts.sqlite');
    const open = `SqliteCountStore.open(${JSON.stringify(path)}, systemClock)`;
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...(await acknowledgedBeforeDeath(recordForever(open, round), 50 + 173 * round)));
      const store = await SqliteCountStore.open(path, systemClock);
      await expectCounted(store, acknowledged);
      await store.close();
    }
  }, 60_000);
});

describeWithRedis('kill -9 under load: Redis with an append-only file', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start({ appendOnly: true });
  });
  afterEach(() => server.stop());

  const open = () => RedisCountStore.open({ url: server.url, clock: systemClock, owner: 'node' });

  it('keeps every acknowledged visitor when the node is killed', async () => {
    const acknowledged: string[] = [];
    const script = `RedisCountStore.open({ url: '${server.url}', clock: systemClock, owner: 'node' })`;
    for (let round = 0; round < 6; round++) {
      acknowledged.push(...(await acknowledgedBeforeDeath(recordForever(script, round), 200 + 311 * round)));
      const store = await open();
      await expectCounted(store, acknowledged);
      await store.close();
    }
  }, 60_000);

  /** Sends a visit until it is acknowledged, as a site's own server would. */
  async function persistently(store: CountStore, person: string): Promise<void> {
    for (;;) {
      try {
        return await store.record(visitOf(person, TODAY, null));
      } catch (error) {
        expect((error as Error).name).toBe('StoreUnavailableError');
        await delay(5);
      }
    }
  }

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'loses nobody and counts no hit twice when redis-server gets %s in the middle of the load',
    async (signal) => {
      const store = await open();
      const people: string[] = [];
      let isLoading = true;
      const load = Promise.all(
        Array.from({ length: 20 }, async (_, lane) => {
          for (let count = 0; isLoading; count++) {
            const person = `${lane}-${count}`;
            await persistently(store, person);
            people.push(person);
          }
        }),
      );
      for (let outage = 0; outage < 3; outage++) {
        await delay(150 + 77 * outage);
        if (signal === 'SIGKILL') {
          await server.kill('SIGKILL');
          await server.launch();
        } else {
          server.signal('SIGSTOP');
          await delay(2500);
          server.signal('SIGCONT');
        }
        const before = people.length;
        while (people.length < before + 200) await delay(20);
      }
      isLoading = false;
      await load;
      await expectCounted(store, people);
      const [day] = await store.days(TODAY, TODAY);
      expect(day!.hits).toBe(people.length);
      await store.close();
    },
    60_000,
  );

  it('refuses at once while Redis is away, and comes back by itself', async () => {
    const store = await open();
    await store.record(visitOf('before', TODAY, null));
    await server.kill('SIGKILL');
    await expect(store.record(visitOf('meanwhile', TODAY, null))).rejects.toMatchObject({
      name: 'StoreUnavailableError',
    });
    await server.launch();
    await persistently(store, 'after');
    await expectCounted(store, ['before', 'after']);
    await store.close();
  }, 30_000);

  it('does not let a second node count into the same database', async () => {
    const store = await open();
    const other = RedisCountStore.open({ url: server.url, clock: systemClock, owner: 'another node' });
    await expect(other).rejects.toMatchObject({ name: 'OwnedByAnotherError' });
    await store.close();
  });
});
