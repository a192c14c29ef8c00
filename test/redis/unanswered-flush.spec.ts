import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { RedisCountStore } from '../../src/storage/redis/redis-count-store.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { AnswerlessProxy } from './answerless-proxy.js';
import { DAY, DAY_SKETCH, HOUR, hitsOf, isBack, NOW_MS, sketchOf, visitOf } from './visits.js';

/** Every way in which a caller is told "nothing was counted" although Redis has counted. */
describeWithRedis('a flush that Redis carries out and that is never answered', () => {
  let server: RedisServer;
  let proxy: AnswerlessProxy;
  let store: RedisCountStore;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.command('FLUSHALL');
    proxy = await AnswerlessProxy.start(server.port);
    store = await RedisCountStore.open({ url: proxy.url, clock: new ManualClock(NOW_MS), owner: 'node-1' });
    await store.record(visitOf('first'));
  });
  afterEach(async () => {
    await store.close();
    await proxy.stop();
  });

  it('is refused, and its hits are taken back', async () => {
    proxy.swallowNextAnswer();
    await expect(store.record(visitOf('a'))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    expect(await server.command('HGET', `headcount:day:${DAY}`, 'hits')).toBe('2');
    proxy.mend();
    await isBack(store);
    expect(await hitsOf(store)).toBe(1);
    expect(await store.hours(HOUR, HOUR)).toEqual([{ hour: HOUR, hits: 1 }]);
  });

  it('Replay: counts once when it is sent again', async () => {
    proxy.swallowNextAnswer();
    await expect(store.record(visitOf('a'))).rejects.toThrow();
    proxy.mend();
    await isBack(store);
    await store.record(visitOf('a'));
    expect(await hitsOf(store)).toBe(2);
    expect((await store.sketch(DAY_SKETCH))?.equals(sketchOf(['first', 'a']))).toBe(true);
  });

  it('Replay: counts once when it is sent again under its idempotency key', async () => {
    const batch = [visitOf('a'), visitOf('b')];
    proxy.swallowNextAnswer();
    await expect(store.recordBatch(batch, 'key-1')).rejects.toThrow();
    proxy.mend();
    await isBack(store);
    expect(await store.recordBatch(batch, 'key-1')).toBe('recorded');
    expect(await store.recordBatch(batch, 'key-1')).toBe('repeated');
    expect(await hitsOf(store)).toBe(3);
  });

  it('adds what was dropped once', async () => {
    store.recordDropped(DAY, 'bot', 5);
    proxy.swallowNextAnswer();
    await expect(store.record(visitOf('a'))).rejects.toThrow();
    proxy.mend();
    await isBack(store);
    await store.record(visitOf('a'));
    expect(await store.days(DAY, DAY)).toMatchObject([{ hits: 2, dropped: { bot: 5 } }]);
  });

  it('Double: the taking back goes unanswered, too', async () => {
    proxy.swallowNextAnswer();
    await expect(store.record(visitOf('a'))).rejects.toThrow();
    proxy.swallowNextAnswer();
    proxy.mend();
    await proxy.wasCut();
    proxy.mend();
    await isBack(store);
    expect(await hitsOf(store)).toBe(1);
    await store.record(visitOf('a'));
    expect(await hitsOf(store)).toBe(2);
  });

  it('leaves a day without any count out when nothing but the refused was counted', async () => {
    await store.close();
    await server.command('FLUSHALL');
    store = await RedisCountStore.open({ url: proxy.url, clock: new ManualClock(NOW_MS), owner: 'node-1' });
    proxy.swallowNextAnswer();
    await expect(store.record(visitOf('a'))).rejects.toThrow();
    proxy.mend();
    await isBack(store);
    expect(await store.days(DAY, DAY)).toEqual([]);
    expect(await store.hours(HOUR, HOUR)).toEqual([]);
  });
});
