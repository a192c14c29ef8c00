import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { addDays, type Day, type Hour } from '../clock/day.js';
import { daySketchName, hourSketchName } from '../storage/count-store.js';
import { MemoryCountStore } from '../storage/memory/memory-count-store.js';
import { LocalOverview } from './local-overview.js';
import { LocalWindows } from './local-windows.js';

const TODAY = '2026-11-22';
const YESTERDAY = addDays(TODAY, -1);
const NOW_MS = Date.parse(`${TODAY}T14:20:00Z`);
const KEY = 'aaaaaaaa.8';

let store: MemoryCountStore;
let overview: LocalOverview;
beforeEach(() => {
  store = new MemoryCountStore(new ManualClock(NOW_MS));
  overview = new LocalOverview(store, new LocalWindows(store, { keyOfWindow: () => KEY }));
});

function idOf(person: number): Uint8Array {
  const id = Buffer.alloc(16);
  id.writeUInt32LE(person, 0);
  id.writeUInt32LE(Math.imul(person, 0x9e3779b1) >>> 0, 4);
  return id;
}

async function visit(day: Day, hour: Hour | null, people: readonly number[], keyName = KEY): Promise<void> {
  await store.recordBatch(
    people.map((person) => ({
      day,
      hour,
      sightings: [daySketchName(day, keyName), ...(hour ? [hourSketchName(hour)] : [])].map((sketch) => ({
        sketch,
        visitorId: idOf(person),
      })),
    })),
  );
}

describe('LocalOverview', () => {
  it('compares the hours that are over with as many of yesterday', async () => {
    await visit(TODAY, `${TODAY}T09`, [1, 2, 3]);
    await visit(TODAY, `${TODAY}T13`, [3, 4]);
    await visit(TODAY, `${TODAY}T14`, [5, 6, 7]);
    await visit(YESTERDAY, `${YESTERDAY}T13`, [1, 2]);
    await visit(YESTERDAY, `${YESTERDAY}T14`, [3]);
    expect(await overview.today(NOW_MS)).toEqual({
      hours: 14,
      today: { day: TODAY, hits: 5, estimate: 4, low: 4, high: 4 },
      yesterday: { day: YESTERDAY, hits: 2, estimate: 2, low: 2, high: 2 },
    });
  });

  it('compares nothing before the first hour is over', async () => {
    const midnightMs = Date.parse(`${TODAY}T00:20:00Z`);
    expect(await overview.today(midnightMs)).toMatchObject({ hours: 0, today: { estimate: 0, hits: 0 } });
  });

  it('counts someone of two hours once in 24 hours', async () => {
    await visit(YESTERDAY, `${YESTERDAY}T15`, [1, 2]);
    await visit(TODAY, `${TODAY}T14`, [2, 3]);
    await visit(YESTERDAY, `${YESTERDAY}T14`, [9]);
    expect(await overview.lastDay(NOW_MS)).toMatchObject({ estimate: 3 });
  });

  it('knows who was not here on the 30 days before', async () => {
    await visit(addDays(TODAY, -31), null, [4]);
    await visit(addDays(TODAY, -30), null, [1]);
    await visit(YESTERDAY, null, [2, 3]);
    await visit(TODAY, null, [1, 2, 4, 5]);
    expect(await overview.newPeople(TODAY)).toMatchObject({
      from: addDays(TODAY, -30),
      to: YESTERDAY,
      without: { estimate: 3 },
      with: { estimate: 5 },
      people: { estimate: 4 },
      fresh: { estimate: 2 },
    });
  });

  it('compares no days of different keys', async () => {
    await visit(YESTERDAY, null, [1], 'bbbbbbbb.1');
    await visit(TODAY, null, [1]);
    expect(await overview.newPeople(TODAY)).toBeNull();
  });

  it('counts any days, and gives only bounds across keys', async () => {
    await visit(YESTERDAY, null, [1, 2]);
    await visit(TODAY, null, [2, 3]);
    expect(await overview.period(YESTERDAY, TODAY, 2)).toMatchObject({
      uniques: { estimate: 3, dedup: 'full' },
      hits: 4,
      visitorDays: 4,
    });
    await visit(addDays(TODAY, -2), null, [7], 'bbbbbbbb.1');
    expect((await overview.period(addDays(TODAY, -2), TODAY, 3)).uniques).toEqual({
      estimate: null,
      low: 3,
      high: 4,
      dedup: 'bounded',
    });
  });

  it('tells what was left out', async () => {
    store.recordDropped(TODAY, 'bot', 3);
    expect(await overview.dropped(YESTERDAY, TODAY)).toEqual([{ day: TODAY, reasons: { bot: 3 } }]);
  });
});
