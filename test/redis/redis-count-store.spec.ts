import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays } from '../../src/clock/day.js';
import { ALL_TIME, daySketchName, hourSketchName } from '../../src/storage/count-store.js';
import { RedisCountStore } from '../../src/storage/redis/redis-count-store.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { DAY, DAY_SKETCH, HOUR, hitsOf, isBack, KEY_NAME, NOW_MS, sketchOf, visitOf } from './visits.js';

/** What the contract of all stores does not say, because only Redis can get it wrong. */
describeWithRedis('counts in Redis', () => {
  let server: RedisServer;
  let clock: ManualClock;
  let store: RedisCountStore;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.command('FLUSHALL');
    clock = new ManualClock(NOW_MS);
    store = await RedisCountStore.open({ url: server.url, clock, owner: 'node-1' });
  });
  afterEach(() => store.close());

  async function secondsLeft(key: string): Promise<number> {
    return Number(await server.command('TTL', `headcount:${key}`));
  }

  it('lets every key expire, each in its own time', async () => {
    await store.recordBatch([visitOf('a')], 'key-1');
    store.recordDropped(addDays(DAY, -1), 'bot', 1);
    await store.raiseImportedUniques(addDays(DAY, -2), 7);
    await store.mergeSketch(daySketchName(addDays(DAY, -3), KEY_NAME), sketchOf(['b']));
    await store.check();
    await store.record(visitOf('a'));
    const keys = (await server.command('KEYS', '*')) as string[];
    expect(keys.length).toBeGreaterThanOrEqual(13);
    expect(keys.filter((key) => !key.startsWith('headcount:'))).toEqual([]);
    for (const key of keys) expect([key, Number(await server.command('TTL', key)) > 0]).toEqual([key, true]);

    const toDayEndS = (Date.parse(`${addDays(DAY, 1)}T00:00:00Z`) - NOW_MS) / 1000;
    expect(await secondsLeft(`day:${DAY}`)).toBeCloseTo(toDayEndS + 400 * 86_400, -2);
    expect(await secondsLeft(`sketch:${DAY_SKETCH}`)).toBeCloseTo(toDayEndS + 400 * 86_400, -2);
    expect(await secondsLeft(`sketch:${hourSketchName(HOUR)}`)).toBeCloseTo(48.5 * 3600, -2);
    expect(await secondsLeft('batch:key-1')).toBeCloseTo(86_400, -2);
    expect(await secondsLeft('owner')).toBeGreaterThan(400 * 86_400);
  });

  it('keeps the all-time sketch as long as the same visitors come', async () => {
    await store.record(visitOf('a'));
    await server.command('EXPIRE', `headcount:sketch:${ALL_TIME}`, '1000');
    await store.record(visitOf('a'));
    expect(await secondsLeft(`sketch:${ALL_TIME}`)).toBeGreaterThan(400 * 86_400);
  });

  it('keeps an imported day of long ago for a day at least', async () => {
    await store.raiseImportedUniques('2020-01-01', 7);
    expect(await store.days('2020-01-01', '2020-01-01')).toMatchObject([{ importedUniques: 7 }]);
    expect(await secondsLeft('day:2020-01-01')).toBeCloseTo(86_400, -2);
  });

  it('forgets a day that has nothing but a merged sketch', async () => {
    const name = daySketchName(addDays(DAY, -401), KEY_NAME);
    await store.mergeSketch(name, sketchOf(['a']));
    expect(await store.days(addDays(DAY, -500), DAY)).toEqual([]);
    await store.prune(addDays(DAY, -400), HOUR);
    expect(await store.sketch(name)).toBeNull();
  });

  it('refuses a database of another node, and says what to do', async () => {
    const other = RedisCountStore.open({ url: server.url, clock, owner: 'node-2' });
    await expect(other).rejects.toThrow(/counts of node node-1.*number of its own/);
    const beside = await RedisCountStore.open({
      url: `${server.url.replace(/\/0$/, '')}/1`,
      clock,
      owner: 'node-2',
    });
    await beside.record(visitOf('a'));
    await beside.close();
    expect(await hitsOf(store)).toBe(0);
  });

  it('refuses from then on when the database became the one of another node meanwhile', async () => {
    await store.record(visitOf('a'));
    await server.command('FLUSHALL');
    const other = await RedisCountStore.open({ url: server.url, clock, owner: 'node-2' });
    await expect(store.record(visitOf('b'))).rejects.toThrow(/another node/);
    await expect(store.record(visitOf('b'))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await server.command('DEL', 'headcount:owner');
    await isBack(store);
    await other.close();
  });

  it('does not start without a server, and keeps the password to itself', async () => {
    const url = 'redis://someone:secret@127.0.0.1:1/0';
    const opened = RedisCountStore.open({ url, clock, owner: 'node-1' });
    await expect(opened).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await expect(opened).rejects.toThrow(/127\.0\.0\.1:1/);
    await expect(opened).rejects.not.toThrow(/secret/);
  });

  it('says that what it was given may be lost', async () => {
    expect(store.warnings).toEqual([expect.stringContaining('appendonly yes')]);
    await server.command('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    const other = await RedisCountStore.open({ url: server.url, clock, owner: 'node-1' });
    await server.command('CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
    expect(other.warnings).toEqual([expect.anything(), expect.stringContaining('noeviction')]);
    await other.close();
  });

  it.each([
    ['everysec', ['appendfsync always']],
    ['no', ['appendfsync always']],
    ['always', []],
  ])('says what an append-only file with appendfsync %s may lose', async (policy, settings) => {
    await server.command('CONFIG', 'SET', 'appendonly', 'yes', 'appendfsync', policy);
    const other = await RedisCountStore.open({ url: server.url, clock, owner: 'node-1' });
    await server.command('CONFIG', 'SET', 'appendonly', 'no');
    expect(other.warnings).toEqual(settings.map((setting) => expect.stringContaining(setting)));
    await other.close();
  });

  it('counts where it may not ask for the settings', async () => {
    const rights = ['on', '>secret', '~headcount:*', '+@all', '-config'];
    await server.command('ACL', 'SETUSER', 'restricted', ...rights);
    await server.command('CONFIG', 'SET', 'appendonly', 'yes');
    const url = server.url.replace('//', '//restricted:secret@');
    const other = await RedisCountStore.open({ url, clock, owner: 'node-1' });
    await server.command('CONFIG', 'SET', 'appendonly', 'no');
    expect(other.warnings).toEqual([]);
    await other.record(visitOf('a'));
    expect(await hitsOf(other)).toBe(1);
    await other.close();
  });

  it('says which key is damaged instead of counting it', async () => {
    await store.record(visitOf('a'));
    await server.command('SET', `headcount:sketch:${DAY_SKETCH}`, 'nonsense');
    await expect(store.sketch(DAY_SKETCH)).rejects.toThrow(/headcount:sketch:.*damaged/);
    await expect(store.daySketches(DAY)).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await expect(store.mergeSketch(DAY_SKETCH, sketchOf(['b']))).rejects.toThrow(/damaged/);
    expect(await hitsOf(store)).toBe(1);
  });
});
