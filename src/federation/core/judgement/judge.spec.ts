import { describe, expect, it } from '@jest/globals';
import { randomSketch } from '../../../../test/support/random-sketch.js';
import { addDays } from '../../../clock/day.js';
import type { Report } from '../../../protocol/report.js';
import { RANK_MAX, Sketch } from '../../../sketch/sketch.js';
import type { Evidence } from './evidence.js';
import { judge } from './judge.js';
import { JudgedSketch } from './judged-sketch.js';
import { defaultThresholds } from './thresholds.js';

const DAY = '2026-11-22';
const [OWN_KEY, NEXT_KEY] = ['1f2e3d4c.41', '1f2e3d4c.42'];
/** A day of an origin that tells the truth. */
interface Day {
  people?: number;
  sketches?: Record<string, Sketch>;
  report?: Partial<Report>;
}

function reportOf({ people = 1000, sketches = {}, report = {} }: Day): Report {
  return {
    ...{ v: 1, federation: 'f', origin: 'o', day: DAY, seq: 1, closed: false, format: '', identity: '' },
    ...{ issuedAt: `${DAY}T14:00:00Z`, validUntil: `${DAY}T20:00:00Z` },
    ...{ hits: people * 3, uniques: people, windows: { '7d': people, '30d': people, all: people } },
    sketches: Object.fromEntries(Object.keys(sketches).map((keyName) => [keyName, `now ${keyName}`])),
    ...report,
  };
}

function evidenceOf(now: Day, before?: Day, history: readonly number[] = [], released = 0): Evidence {
  const named = new Map<string, Sketch>();
  for (const [keyName, sketch] of Object.entries(now.sketches ?? {})) named.set(`now ${keyName}`, sketch);
  for (const [keyName, sketch] of Object.entries(before?.sketches ?? {}))
    named.set(`then ${keyName}`, sketch);
  const counted = before && reportOf(before);
  if (counted)
    for (const keyName of Object.keys(counted.sketches)) {
      const isSame = before.sketches?.[keyName] === now.sketches?.[keyName];
      counted.sketches[keyName] = isSame ? `now ${keyName}` : `then ${keyName}`;
    }
  return {
    report: reportOf(now),
    counted: counted ?? null,
    sketchOf: (digest) => {
      const sketch = named.get(digest);
      return sketch ? new JudgedSketch(sketch) : null;
    },
    history: history.map((uniques, back) => ({ day: addDays(DAY, -8 - back), uniques })),
    released,
  };
}

const ruleOf = (...evidence: Parameters<typeof evidenceOf>) =>
  judge(evidenceOf(...evidence), defaultThresholds)?.rule ?? null;

describe('honest reports', () => {
  it.each([0, 1, 5, 30, 200, 3000, 40_000])('of %d people count', (people) => {
    for (let seed = 1; seed <= 10; seed++) {
      const sketches = {
        [OWN_KEY]: randomSketch(people, seed),
        [NEXT_KEY]: randomSketch(people, seed + 100),
      };
      const uniques = Math.round(sketches[OWN_KEY]!.estimate());
      expect(ruleOf({ people: uniques, sketches }, undefined, [20_000], 20_000)).toBeNull();
    }
  });

  it('count as a day goes on, is closed, and is closed late', () => {
    const morning = randomSketch(2000);
    const evening = randomSketch(3000);
    const before = { people: 2000, sketches: { [OWN_KEY]: morning } };
    expect(ruleOf({ people: 3000, sketches: { [OWN_KEY]: evening } }, before)).toBeNull();
    const late = { closed: true, issuedAt: `${addDays(DAY, 9)}T00:00:00Z` };
    const closing = { [OWN_KEY]: morning, [NEXT_KEY]: randomSketch(2000, 7) };
    expect(ruleOf({ people: 2000, sketches: closing, report: late }, before)).toBeNull();
  });

  it('of counts alone count, and so do imported days', () => {
    expect(ruleOf({ people: 40 })).toBeNull();
    const backfill = { backfill: true, issuedAt: `${addDays(DAY, 30)}T00:00:00Z` };
    expect(ruleOf({ people: 40, report: backfill }, { people: 30, report: { backfill: true } })).toBeNull();
    // Calling a change an import makes it none.
    expect(ruleOf({ people: 40, report: backfill }, { people: 30 })).toBe('late-change');
  });
});

describe('more people than hits', () => {
  it('is held beyond the error of the estimate', () => {
    expect(ruleOf({ people: 1000, report: { hits: 1000 } })).toBeNull();
    expect(ruleOf({ people: 1030, report: { hits: 1000 } })).toBeNull();
    expect(ruleOf({ people: 1100, report: { hits: 1000 } })).toBe('more-people-than-hits');
    expect(ruleOf({ people: 5, report: { hits: 0 } })).toBeNull();
    expect(ruleOf({ people: 6, report: { hits: 0 } })).toBe('more-people-than-hits');
  });
});

describe('a count that is off its sketch', () => {
  it.each([
    ['claims more', 12_000],
    ['claims fewer', 8000],
  ])('is held where it %s', (_what, people) => {
    expect(ruleOf({ people, sketches: { [OWN_KEY]: randomSketch(10_000) } }, undefined, [9000])).toBe(
      'count-off-sketch',
    );
  });

  it('is held for a sketch of nobody, and for one under the next key alone', () => {
    expect(ruleOf({ people: 500, sketches: { [OWN_KEY]: new Sketch() } })).toBe('count-off-sketch');
    const padded = { [OWN_KEY]: randomSketch(1000), [NEXT_KEY]: randomSketch(2000, 5) };
    expect(ruleOf({ people: 1000, sketches: padded })).toBe('count-off-sketch');
  });
});

describe('a jump', () => {
  it('is more than ten thousand and more than four times the largest of the days before', () => {
    expect(ruleOf({ people: 10_000 })).toBeNull();
    expect(ruleOf({ people: 10_001 })).toBe('jump');
    expect(ruleOf({ people: 10_000 }, undefined, [10])).toBeNull();
    expect(ruleOf({ people: 40_000 }, undefined, [3000, 10_000, 500])).toBeNull();
    expect(ruleOf({ people: 40_001 }, undefined, [3000, 10_000, 500])).toBe('jump');
  });

  it('is more than forty thousand, or four times what a person released, whatever the days before had', () => {
    expect(ruleOf({ people: 40_000 }, undefined, [40_000])).toBeNull();
    expect(ruleOf({ people: 40_001 }, undefined, [40_000])).toBe('jump');
    expect(ruleOf({ people: 80_000 }, undefined, [40_000], 20_000)).toBeNull();
    expect(ruleOf({ people: 80_001 }, undefined, [40_000], 20_000)).toBe('jump');
    // What was released once is no measure by itself.
    expect(ruleOf({ people: 40_001 }, undefined, [10_000], 500_000)).toBe('jump');
  });
});

describe('a register that falls', () => {
  it('is held while the same key is reported', () => {
    const before = { people: 3000, sketches: { [OWN_KEY]: randomSketch(3000) } };
    const fallen = randomSketch(3000);
    const at = fallen.registers.findIndex((rank) => rank > 1);
    fallen.registers[at]!--;
    expect(ruleOf({ people: 3000, sketches: { [OWN_KEY]: fallen } }, before)).toBe('register-fell');
    expect(ruleOf({ people: 3000, sketches: { [NEXT_KEY]: fallen } }, before)).toBeNull();
    expect(ruleOf({ people: 3000 }, before)).toBeNull();
  });
});

describe('a late change', () => {
  const late = { issuedAt: `${addDays(DAY, 3)}T00:00:01Z` };

  it('is held 48 hours after the end of the day, whatever changes', () => {
    const sketches = { [OWN_KEY]: randomSketch(1000) };
    expect(ruleOf({ sketches, report: late }, { sketches })).toBeNull();
    expect(ruleOf({ sketches, report: { ...late, hits: 3001 } }, { sketches })).toBe('late-change');
    expect(ruleOf({ people: 1001, report: { ...late, hits: 3000 } }, {})).toBe('late-change');
    expect(ruleOf({ report: { ...late, withdrawn: true } }, {})).toBe('late-change');
    expect(ruleOf({ report: late }, { sketches })).toBe('late-change');
    const windows = { '7d': 1000, '30d': 9999, all: 9999 };
    expect(ruleOf({ sketches, report: { ...late, windows } }, { sketches })).toBe('late-change');
    const other = { [OWN_KEY]: randomSketch(1010) };
    expect(ruleOf({ sketches: other, report: late }, { sketches })).toBe('late-change');
    expect(
      ruleOf({ sketches: other, report: { issuedAt: `${addDays(DAY, 3)}T00:00:00Z` } }, { sketches }),
    ).toBeNull();
  });
});

describe('registers that are no hashes', () => {
  const forged = (change: (rank: number, register: number) => number) =>
    new Sketch(
      randomSketch(9000).registers.map((rank, register) => Math.min(RANK_MAX, change(rank, register))),
    );

  it.each([
    ['constant', forged(() => 1)],
    ['raised where they were not empty', forged((rank) => (rank === 0 ? 0 : rank + 2))],
    ['raised in a part', forged((rank, register) => (register < 2000 ? rank + 3 : rank))],
    ['a saw', forged((_rank, register) => register % 4)],
  ])('are held: %s', (_what, sketch) => {
    const people = Math.round(sketch.estimate());
    expect(ruleOf({ people, sketches: { [OWN_KEY]: sketch } }, undefined, [1e9])).toBe('not-hash-like');
  });

  it('are told with how unlikely they are', () => {
    const sketch = forged(() => 1);
    const evidence = evidenceOf(
      { people: Math.round(sketch.estimate()), sketches: { [OWN_KEY]: sketch } },
      undefined,
      [1e9],
    );
    const finding = judge(evidence, defaultThresholds);
    expect(finding).toMatchObject({ rule: 'not-hash-like', threshold: 1e-7 });
    expect(finding!.measured).toBeLessThan(1e-30);
  });
});
