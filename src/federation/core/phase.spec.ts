import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../clock/clock.js';
import { aboutMs, firstTurnMs, phaseOf, sample, untilTurnMs } from './phase.js';

const PERIOD_MS = 900_000;

describe('turns', () => {
  it('come once in every period, always at the same place in it', () => {
    const times = fc.integer({ min: 0, max: 4e12 });
    const phases = fc.double({ min: 0, max: 0.999_999, noNaN: true });
    fc.assert(
      fc.property(times, phases, (nowMs, phase) => {
        const waitMs = untilTurnMs(nowMs, PERIOD_MS, phase);
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(PERIOD_MS);
        expect((nowMs + waitMs) % PERIOD_MS).toBe(Math.floor(phase * PERIOD_MS));
        expect(untilTurnMs(nowMs + waitMs, PERIOD_MS, phase)).toBe(PERIOD_MS);
      }),
    );
  });

  it('of ten thousand nodes that start together are spread over the whole period', () => {
    const perMinute = new Array(15).fill(0);
    for (let node = 0; node < 10_000; node++) {
      const waitMs = untilTurnMs(1_795_305_600_000, PERIOD_MS, phaseOf(`node ${node}`));
      perMinute[Math.floor((waitMs - 1) / 60_000)] += 1;
    }
    // 667 on average; five standard deviations are 125.
    for (const count of perMinute) expect(Math.abs(count - 667)).toBeLessThan(125);
  });

  it('of ten thousand nodes that are all started again are never many in one second', () => {
    const restartedMs = 1_795_305_612_345;
    const perSecond = new Map<number, number>();
    const round = (atMs: number) => {
      const second = Math.floor(atMs / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    };
    for (let node = 0; node < 10_000; node++) {
      const phase = phaseOf(`node ${node}`);
      const clock = new ManualClock(restartedMs);
      round(clock.nowMs() + firstTurnMs(PERIOD_MS, phase));
      for (let turn = 0; turn < 2; turn++) {
        clock.advance(untilTurnMs(clock.nowMs(), PERIOD_MS, phase));
        round(clock.nowMs());
      }
    }
    const first = [...perSecond].filter(([second]) => second < (restartedMs + 300_000) / 1000);
    expect(first).toHaveLength(301);
    // 33 first rounds and 11 regular ones a second on average; five standard deviations are 33.
    expect(Math.max(...perSecond.values())).toBeLessThan(33 + 11 + 33);
  });

  it('may be a fifth early or late', () => {
    expect([0, 0.5, 1].map((random) => aboutMs(120_000, random))).toEqual([96_000, 120_000, 144_000]);
  });
});

describe('a sample', () => {
  it('has as many different items as asked for, or all of them', () => {
    const numbers = fc.uniqueArray(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(
        numbers,
        fc.nat(25),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (items, count, stream) => {
          const drawn = sample(items, count, () => stream.next().value);
          expect(drawn).toHaveLength(Math.min(count, items.length));
          expect(new Set(drawn).size).toBe(drawn.length);
          for (const item of drawn) expect(items).toContain(item);
        },
      ),
    );
  });
});
