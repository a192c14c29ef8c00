import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SlotEntry, settle } from './ledger-slots.js';

const entry = fc
  .record({ seq: fc.integer({ min: 1, max: 6 }), isCounted: fc.boolean() })
  .map(({ seq, isCounted }): SlotEntry => ({ seq, isCounted, reportId: `report-${seq}` }));

function settleAll(arrivals: readonly SlotEntry[]): SlotEntry[] {
  const standing = arrivals.reduce<SlotEntry[]>((held, arriving) => settle(held, arriving), []);
  return standing.sort((a, b) => a.seq - b.seq);
}

describe('settle', () => {
  it('keeps the newest and the newest counted, whatever came first', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), (arrivals) => {
        const standing = settleAll(arrivals);
        const highest = (entries: SlotEntry[]) => Math.max(...entries.map(({ seq }) => seq));
        expect(highest(standing)).toBe(highest(arrivals));
        const counted = standing.filter(({ isCounted }) => isCounted);
        expect(highest(counted)).toBe(highest(arrivals.filter(({ isCounted }) => isCounted)));
        expect(standing.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('does not depend on order or repetition', () => {
    const shuffled = fc
      .array(entry, { maxLength: 10 })
      .chain((arrivals) =>
        fc.tuple(
          fc.constant(arrivals),
          fc.shuffledSubarray([...arrivals, ...arrivals], { minLength: arrivals.length * 2 }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([arrivals, mixed]) => {
        expect(settleAll(mixed)).toEqual(settleAll(arrivals));
      }),
    );
  });

  it('Conflict: of two reports with one seq the first stays', () => {
    const first = { seq: 5, reportId: 'a', isCounted: false };
    expect(settle([first], { seq: 5, reportId: 'b', isCounted: true })).toEqual([first]);
  });
});
