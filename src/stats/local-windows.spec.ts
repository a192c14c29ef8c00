import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { addDays, type Day } from '../clock/day.js';
import { ALL_TIME, daySketchName } from '../storage/count-store.js';
import { MemoryCountStore } from '../storage/memory/memory-count-store.js';
import { LocalWindows, zeroFilled } from './local-windows.js';

const TODAY = '2026-11-22';
const KEYS = { keyOfWindow: () => 'aaaaaaaa.8' };

let store: MemoryCountStore;
let windows: LocalWindows;
beforeEach(() => {
  store = new MemoryCountStore(new ManualClock(Date.parse(`${TODAY}T12:00:00Z`)));
  windows = new LocalWindows(store, KEYS);
});

function idOf(person: number): Uint8Array {
  const id = Buffer.alloc(16);
  id.writeUInt32LE(person, 0);
  id.writeUInt32LE(Math.imul(person, 0x9e3779b1) >>> 0, 4);
  return id;
}

/** Each person once, under the given keys and for all time. */
async function visits(day: Day, people: readonly number[], keyNames = ['aaaaaaaa.8']): Promise<void> {
  await store.recordBatch(
    people.map((person) => ({
      day,
      hour: null,
      sightings: [...keyNames.map((name) => daySketchName(day, name)), ALL_TIME].map((sketch) => ({
        sketch,
        visitorId: idOf(person),
      })),
    })),
  );
}

describe('LocalWindows', () => {
  it('counts a person of thirty days once, in thirty visitor days', async () => {
    for (let back = 0; back < 40; back++) await visits(addDays(TODAY, -back), [1]);
    expect(await windows.window('30d', TODAY)).toEqual({
      estimate: 1,
      low: 1,
      high: 1,
      dedup: 'full',
      from: addDays(TODAY, -29),
      to: TODAY,
      hits: 30,
      visitorDays: 30,
    });
    expect(await windows.window('7d', TODAY)).toMatchObject({ estimate: 1, hits: 7 });
    expect(await windows.allTime(TODAY)).toMatchObject({
      estimate: 1,
      hits: 40,
      visitorDays: 40,
      from: addDays(TODAY, -39),
    });
  });

  it('says so where nothing was ever counted', async () => {
    const nothing = { estimate: 0, low: 0, high: 0, dedup: 'full', hits: 0, visitorDays: 0 };
    expect(await windows.window('1d', TODAY)).toMatchObject(nothing);
    expect(await windows.allTime(TODAY)).toMatchObject({ ...nothing, from: null });
  });

  it('sees visits that come after it was asked, today and on a past day', async () => {
    const yesterday = addDays(TODAY, -1);
    await visits(yesterday, [1]);
    expect(await windows.window('7d', TODAY)).toMatchObject({ estimate: 1 });
    await visits(yesterday, [2]);
    await visits(TODAY, [3]);
    expect(await windows.window('7d', TODAY)).toMatchObject({ estimate: 3, visitorDays: 3 });
    expect(await windows.history(yesterday, TODAY)).toEqual([
      { day: yesterday, hits: 2, uniques: 2 },
      { day: TODAY, hits: 1, uniques: 1 },
    ]);
  });

  it('is only bounded where the key chain changed: from the larger part to the sum', async () => {
    const people = Array.from({ length: 50 }, (_, person) => person);
    await visits(addDays(TODAY, -1), people, ['bbbbbbbb.3']);
    await visits(TODAY, people.slice(0, 20));
    const { estimate, low, high, dedup } = await windows.window('7d', TODAY);
    expect(dedup).toBe('bounded');
    expect(Math.abs(estimate - 50)).toBeLessThanOrEqual(1);
    expect(low).toBeLessThanOrEqual(estimate);
    expect(high).toBeGreaterThanOrEqual(70);
    expect(await windows.window('1d', TODAY)).toMatchObject({ dedup: 'full' });
  });

  it('adds an imported day without a sketch to the upper end, and to the day’s own figure', async () => {
    await visits(TODAY, [1, 2]);
    await store.raiseImportedUniques(addDays(TODAY, -2), 40);
    expect(await windows.window('7d', TODAY)).toMatchObject({
      estimate: 2,
      low: 2,
      high: 42,
      dedup: 'bounded',
    });
    const importedDay = () => windows.history(addDays(TODAY, -2), addDays(TODAY, -2));
    expect(await importedDay()).toMatchObject([{ uniques: 40 }]);
    await store.raiseImportedUniques(addDays(TODAY, -2), 60);
    expect(await importedDay()).toMatchObject([{ uniques: 60 }]);
    expect(await windows.window('7d', TODAY)).toMatchObject({ high: 62, visitorDays: 62 });
  });

  it('reads a past day from the store once, however often it is asked, and only so many days at all', async () => {
    let reads = 0;
    const counting = Object.create(store, {
      daySketches: {
        value: (day: Day) => {
          reads += 1;
          return store.daySketches(day);
        },
      },
    }) as MemoryCountStore;
    const cached = new LocalWindows(counting, KEYS, 30);
    for (let back = 0; back < 60; back++) await visits(addDays(TODAY, -back), [1]);
    for (let question = 0; question < 3; question++) await cached.window('30d', TODAY);
    expect(reads).toBe(30);
    await cached.days(addDays(TODAY, -30), 30);
    await cached.window('30d', TODAY);
    expect(reads).toBe(90);
  });
});

describe('zeroFilled', () => {
  it('puts a zero where nothing was counted', () => {
    const day = { day: '2026-11-21', hits: 3, uniques: 2 };
    expect(zeroFilled([day], '2026-11-20', '2026-11-22')).toEqual([
      { day: '2026-11-20', hits: 0, uniques: 0 },
      day,
      { day: '2026-11-22', hits: 0, uniques: 0 },
    ]);
  });
});
