import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, hourOf } from '../../src/clock/day.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { ALL_TIME, type CountStore, daySketchName, hourSketchName } from '../../src/storage/count-store.js';
import { itAgreesWithMemory } from './count-store-agreement.contract.js';
import {
  type CountStoreHarness,
  HOUR,
  NEXT_KEY,
  NOW_MS,
  OWN_KEY,
  sketchOf,
  TODAY,
  visitOf,
} from './count-store-fixtures.js';

/** What every CountStore promises, whatever it keeps its counts in. */
export function describeCountStore(name: string, makeHarness: () => Promise<CountStoreHarness>): void {
  describe(`CountStore: ${name}`, () => {
    let harness: CountStoreHarness;
    let clock: ManualClock;
    let store: CountStore;

    beforeEach(async () => {
      harness = await makeHarness();
      clock = new ManualClock(NOW_MS);
      store = await harness.open(clock);
    });
    afterEach(async () => {
      await store.close().catch(() => undefined);
      await harness.cleanUp();
    });

    async function uniques(sketch: string): Promise<number> {
      return Math.round((await store.sketch(sketch))?.estimate() ?? 0);
    }

    it('knows nothing at first', async () => {
      expect(await store.sketch(ALL_TIME)).toBeNull();
      expect(await store.daySketches(TODAY)).toEqual(new Map());
      expect(await store.days('2000-01-01', TODAY)).toEqual([]);
      expect(await store.hours(hourOf(NOW_MS - DAY_MS), HOUR)).toEqual([]);
    });

    it('counts 1,000 concurrent first requests of one visitor as one', async () => {
      await Promise.all(Array.from({ length: 1000 }, () => store.record(visitOf('one'))));
      expect(await uniques(daySketchName(TODAY, OWN_KEY))).toBe(1);
      expect(await uniques(ALL_TIME)).toBe(1);
      expect(await store.days(TODAY, TODAY)).toMatchObject([{ day: TODAY, hits: 1000 }]);
      expect(await store.hours(HOUR, HOUR)).toEqual([{ hour: HOUR, hits: 1000 }]);
    });

    it('holds the registers of a plain sketch, under each key', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(5000), { maxLength: 300 }), fc.nat(9), async (people, group) => {
          const day = addDays(TODAY, -group);
          const before = (await store.sketch(daySketchName(day, OWN_KEY))) ?? new Sketch();
          await Promise.all(people.map((person) => store.record(visitOf(person, day, null))));
          before.merge(sketchOf(people));
          const after = await store.daySketches(day);
          if (people.length === 0) return;
          expect(after.get(OWN_KEY)?.equals(before)).toBe(true);
          expect(after.get(NEXT_KEY)?.equals(before)).toBe(true);
          expect([...after.keys()]).toEqual([OWN_KEY, NEXT_KEY]);
        }),
        { numRuns: 25 },
      );
    });

    it('counts a batch once under one idempotency key, for a day', async () => {
      const batch = [visitOf('a'), visitOf('b')];
      expect(await store.recordBatch(batch, 'key-1')).toBe('recorded');
      expect(await store.recordBatch(batch, 'key-1')).toBe('repeated');
      expect(await store.recordBatch([visitOf('c')], 'key-2')).toBe('recorded');
      expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 3 }]);
      const both = await Promise.all([
        store.recordBatch([visitOf('d')], 'key-3'),
        store.recordBatch([visitOf('d')], 'key-3'),
      ]);
      expect(both.sort()).toEqual(['recorded', 'repeated']);
      expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 4 }]);
    });

    it('hands out copies', async () => {
      await store.record(visitOf('a'));
      const copy = await store.sketch(ALL_TIME);
      copy?.merge(sketchOf(['b', 'c', 'd']));
      const ofDay = await store.daySketches(TODAY);
      ofDay.get(OWN_KEY)?.merge(sketchOf(['b', 'c', 'd']));
      await store.record(visitOf('a'));
      expect(await uniques(ALL_TIME)).toBe(1);
      expect(await uniques(daySketchName(TODAY, OWN_KEY))).toBe(1);
    });

    it('merges a sketch register by register, and goes on counting into it', async () => {
      const name = daySketchName(TODAY, OWN_KEY);
      await store.record(visitOf(1));
      await store.mergeSketch(name, sketchOf([1, 2, 3]));
      await store.record(visitOf(4));
      expect((await store.sketch(name))?.equals(sketchOf([1, 2, 3, 4]))).toBe(true);
      await store.mergeSketch(daySketchName('2026-11-01', OWN_KEY), sketchOf([9]));
      expect(await uniques(daySketchName('2026-11-01', OWN_KEY))).toBe(1);
    });

    it('adds up what was dropped, by day and reason', async () => {
      store.recordDropped(TODAY, 'bot', 2);
      store.recordDropped(TODAY, 'bot', 1);
      store.recordDropped(addDays(TODAY, -1), 'do-not-track', 1);
      await store.record(visitOf('a'));
      expect(await store.days(addDays(TODAY, -1), TODAY)).toEqual([
        { day: addDays(TODAY, -1), hits: 0, dropped: { 'do-not-track': 1 }, importedUniques: null },
        { day: TODAY, hits: 1, dropped: { bot: 3 }, importedUniques: null },
      ]);
    });

    it('never lowers the uniques of an imported day', async () => {
      const day = addDays(TODAY, -200);
      await store.raiseImportedUniques(day, 40);
      await store.raiseImportedUniques(day, 30);
      expect(await store.days(day, day)).toMatchObject([{ importedUniques: 40 }]);
      await store.raiseImportedUniques(day, 50);
      expect(await store.days(day, day)).toMatchObject([{ importedUniques: 50 }]);
    });

    it('never lowers the hits of a day, and goes on counting from where they were raised to', async () => {
      await store.raiseHits(TODAY, 0);
      expect(await store.days(TODAY, TODAY)).toEqual([]);
      await store.raiseHits(TODAY, 40);
      await store.record(visitOf('a'));
      await store.raiseHits(TODAY, 30);
      expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 41 }]);
      await store.raiseHits(TODAY, 50);
      await store.record(visitOf('b'));
      expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 51, importedUniques: null }]);
    });

    it('forgets days and hours before the first that is kept', async () => {
      const old = addDays(TODAY, -390);
      await store.record(visitOf('a', old, null));
      await store.record(visitOf('b', TODAY, hourOf(NOW_MS - 3 * DAY_MS)));
      await store.record(visitOf('c'));
      expect(await store.prune(addDays(TODAY, -389), hourOf(NOW_MS - 2 * DAY_MS))).toBe(1);
      expect(await store.daySketches(old)).toEqual(new Map());
      expect(await store.sketch(hourSketchName(hourOf(NOW_MS - 3 * DAY_MS)))).toBeNull();
      expect((await store.days('2000-01-01', TODAY)).map(({ day }) => day)).toEqual([TODAY]);
      expect(await store.hours('2000-01-01T00', HOUR)).toEqual([{ hour: HOUR, hits: 1 }]);
      expect(await uniques(ALL_TIME)).toBe(3);
      // The same person: whatever the store remembered of the old day must be gone, too.
      await store.record(visitOf('a', old, null));
      expect(await uniques(daySketchName(old, OWN_KEY))).toBe(1);
    });

    itAgreesWithMemory(makeHarness);

    it('records nothing by merging a sketch of nobody', async () => {
      const name = daySketchName(TODAY, OWN_KEY);
      await store.mergeSketch(name, new Sketch());
      expect(await store.sketch(name)).toBeNull();
      expect(await store.daySketches(TODAY)).toEqual(new Map());
    });

    it('writes what is still waiting before it closes', async () => {
      if (!harness.reopen) return;
      const waiting = Promise.all([1, 2, 3].map((person) => store.record(visitOf(person))));
      const batch = store.recordBatch([visitOf(4)], 'key-1');
      await store.close();
      await waiting;
      expect(await batch).toBe('recorded');
      store = await harness.reopen(clock);
      expect((await store.sketch(ALL_TIME))?.equals(sketchOf([1, 2, 3, 4]))).toBe(true);
    });

    it('says that it is away once it is closed', async () => {
      await expect(store.check()).resolves.toBeUndefined();
      await store.close();
      await expect(store.record(visitOf('a'))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
      await expect(store.check()).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    });

    it('has everything again after a restart, also what was still pending', async () => {
      if (!harness.reopen) return;
      const written = Promise.all([1, 2, 3].map((person) => store.record(visitOf(person))));
      store.recordDropped(TODAY, 'bot', 1);
      await store.recordBatch([visitOf(4)], 'key-1');
      await written;
      await store.close();
      store = await harness.reopen(clock);
      expect((await store.sketch(ALL_TIME))?.equals(sketchOf([1, 2, 3, 4]))).toBe(true);
      expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 4, dropped: { bot: 1 } }]);
      expect(await store.recordBatch([visitOf(4)], 'key-1')).toBe('repeated');
      await store.record(visitOf(5));
      expect((await store.sketch(ALL_TIME))?.equals(sketchOf([1, 2, 3, 4, 5]))).toBe(true);
    });
  });
}
