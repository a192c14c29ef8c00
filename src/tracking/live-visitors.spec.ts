import { describe, expect, it } from '@jest/globals';
import { ALL_TIME, type Visit } from '../storage/count-store.js';
import { LiveVisitors } from './live-visitors.js';

const NOON_MS = Date.parse('2026-11-22T12:00:00Z');
const MINUTE_MS = 60_000;

function visitOf(person: number, hour: string | null = '2026-11-22T12'): Visit {
  const visitorId = Buffer.alloc(16);
  visitorId.writeDoubleBE(Math.sin(person), 0);
  return { day: '2026-11-22', hour, sightings: [{ sketch: ALL_TIME, visitorId }] };
}

describe('the live visitors', () => {
  it('are the different people of the last minutes', () => {
    const live = new LiveVisitors();
    for (const person of [1, 2, 3, 3]) live.saw(visitOf(person), NOON_MS);
    live.saw(visitOf(4), NOON_MS + 4 * MINUTE_MS);
    expect(live.people(5, NOON_MS + 4 * MINUTE_MS)).toBe(4);
    expect(live.people(5, NOON_MS + 5 * MINUTE_MS)).toBe(1);
    expect(live.people(60, NOON_MS + 59 * MINUTE_MS)).toBe(4);
    expect(live.people(60, NOON_MS + 90 * MINUTE_MS)).toBe(0);
  });

  it('are none from the past', () => {
    const live = new LiveVisitors();
    live.saw(visitOf(1, null), NOON_MS);
    expect(live.people(60, NOON_MS)).toBe(0);
  });

  it('forget a minute when its place is needed', () => {
    const live = new LiveVisitors();
    live.saw(visitOf(1), NOON_MS);
    live.saw(visitOf(2), NOON_MS + 60 * MINUTE_MS);
    expect(live.people(60, NOON_MS + 60 * MINUTE_MS)).toBe(1);
  });
});
