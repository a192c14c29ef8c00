import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf, HOUR_MS, type Hour, hourOf } from '../../src/clock/day.js';
import type { Sketch } from '../../src/sketch/sketch.js';
import { ALL_TIME, type CountStore, daySketchName, hourSketchName } from '../../src/storage/count-store.js';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { type CountStoreHarness, NEXT_KEY, OWN_KEY, sketchOf, visitOf } from './count-store-fixtures.js';

/** Soon after midnight, so that the last hours are of two days. */
const NOW_MS = Date.parse('2026-11-22T01:30:00Z');
const TODAY = dayOf(NOW_MS);
const KEY_NAMES = [OWN_KEY, NEXT_KEY, '1f2e3d4c.43'];

/** What one may do to a store, with whatever it answers. */
type Step = (store: CountStore) => Promise<unknown>;
type Drawn = [person: number, day: Day, hour: Hour | null];

interface NamedStep {
  words: string;
  step: Step | 'restart';
}

const dayAgo = fc.nat(3).map((days) => addDays(TODAY, -days));
const hourAgo = fc.nat(5).map((hours) => hourOf(NOW_MS - hours * HOUR_MS));
const visit: fc.Arbitrary<Drawn> = fc.tuple(fc.nat(300), dayAgo, fc.option(hourAgo));
const visits = fc.array(visit, { maxLength: 60 });

const steps = fc.array(
  fc.oneof(
    step('crowd', visits, crowd),
    step('batch', fc.tuple(visits, fc.option(fc.constantFrom('a', 'b'))), batch),
    step('dropped', fc.tuple(visit, fc.constantFrom('bot', 'too-old'), fc.integer({ min: 1, max: 9 })), drop),
    step('hits', fc.tuple(dayAgo, fc.nat(50)), raiseHits),
    step('imported', fc.tuple(dayAgo, fc.nat(50)), importUniques),
    step('merge', fc.tuple(dayAgo, fc.constantFrom(...KEY_NAMES), fc.array(fc.nat(300))), merge),
    step('prune', fc.tuple(dayAgo, hourAgo), prune),
    fc.constant<NamedStep>({ words: 'restart', step: 'restart' }),
  ),
  { minLength: 1, maxLength: 25 },
);

/** Its words are what fast-check prints when two stores disagree. */
function step<T>(name: string, drawn: fc.Arbitrary<T>, make: (drawn: T) => Step): fc.Arbitrary<NamedStep> {
  return drawn.map((parts) => ({ words: `${name} ${JSON.stringify(parts)}`, step: make(parts) }));
}

function crowd(all: Drawn[]): Step {
  return (store) => Promise.all(all.map((one) => store.record(visitOf(...one))));
}

function batch([all, key]: [Drawn[], string | null]): Step {
  const batched = all.map((one) => visitOf(...one));
  return (store) => store.recordBatch(batched, key ?? undefined);
}

/** With a visit after it, since nobody promises that a dropped hit shows before the next flush. */
function drop([one, reason, count]: [Drawn, string, number]): Step {
  return async (store) => {
    store.recordDropped(one[1], reason, count);
    await store.record(visitOf(...one));
  };
}

function raiseHits([day, hits]: [Day, number]): Step {
  return (store) => store.raiseHits(day, hits);
}

function importUniques([day, uniques]: [Day, number]): Step {
  return (store) => store.raiseImportedUniques(day, uniques);
}

function merge([day, keyName, people]: [Day, string, number[]]): Step {
  return (store) => store.mergeSketch(daySketchName(day, keyName), sketchOf(people));
}

function prune([day, hour]: [Day, Hour]): Step {
  return (store) => store.prune(day, hour);
}

/** Short, since comparing arrays of registers takes Jest far longer than all the rest. */
function wordsOf(sketch: Sketch | null): string {
  return sketch === null ? 'none' : createHash('sha256').update(sketch.registers).digest('hex');
}

function allWordsOf(sketches: Map<string, Sketch>): string[] {
  return [...sketches].map(([keyName, sketch]) => `${keyName} ${wordsOf(sketch)}`);
}

/** Everything that a store tells, so that two can be compared. */
async function toldBy(store: CountStore): Promise<unknown> {
  const days = [0, 1, 2, 3].map((ago) => addDays(TODAY, -ago));
  const hours = [0, 1, 2, 3, 4, 5].map((ago) => hourOf(NOW_MS - ago * HOUR_MS));
  const names = [ALL_TIME, ...hours.map(hourSketchName)];
  for (const day of days) names.push(...KEY_NAMES.map((key) => daySketchName(day, key)));
  return {
    sketches: await Promise.all(names.map(async (name) => wordsOf(await store.sketch(name)))),
    daySketches: await Promise.all(days.map(async (day) => allWordsOf(await store.daySketches(day)))),
    days: await store.days(days.at(-1)!, TODAY),
    hours: await store.hours(hourOf(NOW_MS - DAY_MS), hourOf(NOW_MS)),
  };
}

/** Invariant 8: the same input gives the same registers and counts, whatever they are kept in. */
export function itAgreesWithMemory(makeHarness: () => Promise<CountStoreHarness>): void {
  it('agrees with the memory store, whatever is done to both', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (drawn) => {
        const harness = await makeHarness();
        const clock = new ManualClock(NOW_MS);
        const memory = new MemoryCountStore(clock);
        let store = await harness.open(clock);
        try {
          for (const { words, step } of drawn) {
            if (step !== 'restart') expect([words, await step(store)]).toEqual([words, await step(memory)]);
            else if (harness.reopen) {
              await store.close();
              store = await harness.reopen(clock);
            }
          }
          expect(await toldBy(store)).toEqual(await toldBy(memory));
        } finally {
          await store.close();
          await harness.cleanUp();
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);
}
