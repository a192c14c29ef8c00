import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { ManualClock } from '../../clock/clock.js';
import { Sketch } from '../../sketch/sketch.js';
import { ALL_TIME } from '../count-store.js';
import { raise, raiseAgain } from './raised-registers.js';
import { SqliteCountStore } from './sqlite-count-store.js';

const DAY = '2026-11-22';

function idOf(person: number): Uint8Array {
  return new Uint8Array(createHash('sha256').update(String(person)).digest().subarray(0, 16));
}

describe('raised registers', () => {
  it('tell all that the ids changed, in any order and any number of times', () => {
    const people = fc.array(fc.nat(50_000), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(people, { maxLength: 20 }), fc.boolean(), (groups, reversed) => {
        const sketch = new Sketch();
        const notes = groups.map((group) => raise(sketch, group.map(idOf))).filter((note) => note !== null);
        const again = new Sketch();
        for (const note of [...(reversed ? notes.toReversed() : notes), ...notes]) raiseAgain(again, note);
        expect(again.equals(sketch)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('are none when every id was there before', () => {
    const sketch = new Sketch();
    expect(raise(sketch, [idOf(1), idOf(2)])).toHaveLength(6);
    expect(raise(sketch, [idOf(2), idOf(1)])).toBeNull();
    expect(raise(sketch, [])).toBeNull();
  });

  it('are folded into the sketches now and then, and read with them after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headcount-raised-'));
    const path = join(folder, 'counts.sqlite');
    const clock = new ManualClock(Date.parse(`${DAY}T12:00:00Z`));
    try {
      const store = await SqliteCountStore.open(path, clock);
      const expected = new Sketch();
      for (let batch = 0; batch < 100; batch++) {
        const ids = Array.from({ length: 500 }, (_, person) => idOf(batch * 500 + person));
        for (const id of ids) expected.add(id);
        await store.recordBatch(
          ids.map((visitorId) => ({ day: DAY, hour: null, sightings: [{ sketch: ALL_TIME, visitorId }] })),
        );
      }
      await store.close();
      const notes = notesIn(path);
      expect(notes).toBeGreaterThan(0);
      expect(notes).toBeLessThan(100);
      const reopened = await SqliteCountStore.open(path, clock);
      expect((await reopened.sketch(ALL_TIME))?.equals(expected)).toBe(true);
      await reopened.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function notesIn(path: string): number {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare<[], { notes: number }>('SELECT count(*) AS notes FROM raised').get()?.notes ?? 0;
  } finally {
    database.close();
  }
}
