import { createHash } from 'node:crypto';
import type { ManualClock } from '../../src/clock/clock.js';
import { dayOf, hourOf } from '../../src/clock/day.js';
import { Sketch } from '../../src/sketch/sketch.js';
import {
  ALL_TIME,
  type CountStore,
  daySketchName,
  hourSketchName,
  type Visit,
} from '../../src/storage/count-store.js';

export const NOW_MS = Date.parse('2026-11-22T14:30:00Z');
export const TODAY = dayOf(NOW_MS);
export const HOUR = hourOf(NOW_MS);
export const OWN_KEY = '1f2e3d4c.41';
export const NEXT_KEY = '1f2e3d4c.42';

/** A store under test, and how to open what it has kept once more. */
export interface CountStoreHarness {
  open(clock: ManualClock): Promise<CountStore>;
  /** The same counts after a restart; null where nothing outlives the process. */
  reopen: ((clock: ManualClock) => Promise<CountStore>) | null;
  cleanUp(): Promise<void>;
}

export function idOf(person: number | string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(String(person)).digest().subarray(0, 16));
}

export function visitOf(person: number | string, day = TODAY, hour: string | null = HOUR): Visit {
  const visitorId = idOf(person);
  const sketches = [daySketchName(day, OWN_KEY), daySketchName(day, NEXT_KEY), ALL_TIME];
  if (hour !== null) sketches.push(hourSketchName(hour));
  return { day, hour, sightings: sketches.map((sketch) => ({ sketch, visitorId })) };
}

export function sketchOf(people: Iterable<number | string>): Sketch {
  const sketch = new Sketch();
  for (const person of people) sketch.add(idOf(person));
  return sketch;
}
