import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Sketch } from '../../src/sketch/sketch.js';
import {
  ALL_TIME,
  type CountStore,
  daySketchName,
  hourSketchName,
  type Visit,
} from '../../src/storage/count-store.js';

export const DAY = '2026-11-22';
export const HOUR = `${DAY}T14`;
export const NOW_MS = Date.parse(`${DAY}T14:30:00Z`);
export const KEY_NAME = '1f2e3d4c.41';
export const DAY_SKETCH = daySketchName(DAY, KEY_NAME);

const PATIENCE_MS = 15_000;

export function idOf(person: string): Uint8Array {
  return createHash('sha256').update(person).digest().subarray(0, 16);
}

export function visitOf(person: string): Visit {
  const visitorId = idOf(person);
  const sketches = [DAY_SKETCH, hourSketchName(HOUR), ALL_TIME];
  return { day: DAY, hour: HOUR, sightings: sketches.map((sketch) => ({ sketch, visitorId })) };
}

export function sketchOf(people: Iterable<string>): Sketch {
  const sketch = new Sketch();
  for (const person of people) sketch.add(idOf(person));
  return sketch;
}

export async function hitsOf(store: CountStore): Promise<number> {
  return (await store.days(DAY, DAY))[0]?.hits ?? 0;
}

/** Resolves when the store has come back by itself. */
export async function isBack(store: CountStore): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await store.check();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(10);
    }
  }
}

/** Sends the visit until it is acknowledged, as callers that were refused do. Answers how often it was refused. */
export async function recordUntilAcknowledged(store: CountStore, visit: Visit): Promise<number> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (let refusals = 0; ; refusals++) {
    try {
      await store.record(visit);
      return refusals;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(5);
    }
  }
}
