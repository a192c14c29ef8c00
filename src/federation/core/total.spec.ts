import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, dayOf, isoSeconds } from '../../clock/day.js';
import type { Report } from '../../protocol/report.js';
import { totalSchema } from '../../protocol/total.js';
import { murmurHash64A } from '../../sketch/murmur-hash.js';
import { Sketch } from '../../sketch/sketch.js';
import type { LedgerReport, LedgerSlot } from '../../storage/ledger.js';
import { defaultPolicy } from './policy.js';
import type { RosterEntry } from './roster.js';
import { computeTotal, type TotalInputs } from './total.js';

const NOW_MS = Date.parse('2026-11-22T14:00:00Z');
const TODAY = dayOf(NOW_MS);
const KEY = '1f2e3d4c.41';

/** A federation in memory: who saw whom on which day. */
class World {
  readonly slots: LedgerSlot[] = [];
  readonly sketches = new Map<string, Sketch>();
  readonly roster: RosterEntry[] = [];

  member(nodeId: string, changes: Partial<RosterEntry> = {}): this {
    this.roster.push({ nodeId, name: nodeId, listed: true, status: 'active', statusSinceMs: 0, ...changes });
    return this;
  }

  report(origin: string, day: string, people: readonly number[], changes: Partial<Report> = {}): this {
    const sketch = sketchOf(people);
    const digest = `sha256:${origin}-${day}`;
    this.sketches.set(digest, sketch);
    const uniques = Math.round(sketch.estimate());
    const report = {
      v: 1,
      federation: 'f',
      origin,
      day,
      seq: 1,
      issuedAt: isoSeconds(NOW_MS - 60_000),
      validUntil: isoSeconds(NOW_MS + 60_000),
      closed: day < TODAY,
      format: 'hyll-p14-m64a',
      identity: 'ip-ua/1',
      hits: people.length * 3,
      uniques,
      windows: { '7d': uniques, '30d': uniques, all: uniques },
      sketches: { [KEY]: digest },
      ...changes,
    } as Report;
    const stored = { origin, day, seq: 1, reportId: digest, envelope: '', report, receivedAtMs: NOW_MS };
    this.slots.push({ accepted: stored, counted: stored });
    return this;
  }

  hold(origin: string, day: string): this {
    const slot = this.slots.find((one) => one.accepted.origin === origin && one.accepted.day === day)!;
    const newer: LedgerReport = { ...slot.accepted, seq: 2, reportId: 'newer' };
    this.slots.splice(this.slots.indexOf(slot), 1, { accepted: newer, counted: slot.counted });
    return this;
  }

  inputs(changes: Partial<TotalInputs> = {}): TotalInputs {
    return {
      slots: this.slots,
      sketchOf: (digest) => this.sketches.get(digest) ?? null,
      roster: this.roster,
      readKey: () => KEY,
      identity: 'ip-ua/1',
      policy: defaultPolicy,
      nowMs: NOW_MS,
      ...changes,
    };
  }
}

function sketchOf(people: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const person of people) sketch.add(idOf(person));
  return sketch;
}

function idOf(person: number): Uint8Array {
  const hash = { high: 0, low: 0 };
  murmurHash64A(Buffer.from(String(person)), hash);
  const id = Buffer.alloc(16);
  id.writeUInt32LE(hash.low, 0);
  id.writeUInt32LE(hash.high, 4);
  return id;
}

function people(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

describe('computeTotal', () => {
  it('counts a person who uses two instances once in all and once at each', () => {
    const world = new World().member('a').member('b').report('a', TODAY, [1]).report('b', TODAY, [1]);
    const total = computeTotal(world.inputs());
    expect(total.windows['30d'].uniques).toMatchObject({ estimate: 1, dedup: 'full' });
    expect(total.windows['30d'].sum).toBe(2);
    expect(total.instances.map((row) => row.windows['30d'].estimate)).toEqual([1, 1]);
  });

  it('counts a person who came on thirty days once, and thirty visitor days', () => {
    const world = new World().member('a');
    for (let back = 0; back < 30; back++) world.report('a', addDays(TODAY, -back), [7]);
    const { windows } = computeTotal(world.inputs());
    expect(windows['30d'].uniques.estimate).toBe(1);
    expect(windows['30d'].visitorDays).toBe(30);
    expect(windows['7d'].visitorDays).toBe(7);
    expect(windows['1d'].visitorDays).toBe(1);
  });

  it('gives every instance its marginal contribution and the overlap of all', () => {
    const world = new World()
      .member('a')
      .member('b')
      .report('a', TODAY, people(0, 10_000))
      .report('b', TODAY, people(5_000, 10_000));
    const { windows, instances } = computeTotal(world.inputs());
    const estimate = windows['1d'].uniques.estimate!;
    expect(Math.abs(estimate - 15_000)).toBeLessThan(15_000 * 0.03);
    expect(windows['1d'].overlap).toBe(windows['1d'].sum - estimate);
    for (const row of instances) {
      const others = sketchOf(row.node === 'a' ? people(5_000, 10_000) : people(0, 10_000));
      const union = sketchOf(people(0, 15_000)).estimate();
      expect(row.windows['1d'].marginal).toBe(Math.round(union - others.estimate()));
    }
  });

  it('leaves no trace of an origin that is not on the roster', () => {
    const roster = new World().member('a').member('b');
    const without = new World()
      .member('a')
      .member('b')
      .report('a', TODAY, people(0, 500))
      .report('b', TODAY, people(300, 500));
    roster
      .report('a', TODAY, people(0, 500))
      .report('b', TODAY, people(300, 500))
      .report('liar', TODAY, people(0, 50_000));
    expect(computeTotal(roster.inputs())).toEqual(computeTotal(without.inputs()));
  });

  it('does not depend on the order of slots and roster', () => {
    const world = new World().member('a').member('b').member('c');
    for (const [index, origin] of ['a', 'b', 'c'].entries()) {
      for (let back = 0; back < 3; back++)
        world.report(origin, addDays(TODAY, -back), people(index * 50, 100 + back));
    }
    const expected = computeTotal(world.inputs());
    fc.assert(
      fc.property(fc.shuffledSubarray(world.slots, { minLength: world.slots.length }), (slots) => {
        expect(computeTotal(world.inputs({ slots, roster: [...world.roster].reverse() }))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps a new member visible but outside the headline, and its days of probation outside for good', () => {
    const world = new World()
      .member('a')
      .member('new', { status: 'probation', statusSinceMs: NOW_MS - 2 * 86_400_000 });
    world.report('a', TODAY, people(0, 100)).report('new', TODAY, people(1000, 900));
    const during = computeTotal(world.inputs());
    expect(during.windows['1d'].uniques.estimate).toBe(100);
    expect(during.windows['1d'].instances).toMatchObject({ fresh: 1, probation: 1 });
    expect(during.instances.find((row) => row.node === 'new')).toMatchObject({ status: 'probation' });
    const later = computeTotal(world.inputs({ nowMs: NOW_MS + 6 * 86_400_000 }));
    expect(later.instances.find((row) => row.node === 'new')).toMatchObject({ status: 'active' });
    expect(later.windows['30d'].uniques.estimate).toBe(100);
  });

  it('adds an origin without sketches to the upper end only', () => {
    const world = new World().member('a').member('b').report('a', TODAY, people(0, 1000));
    world.report('b', TODAY, people(0, 300), { sketches: {} });
    const { uniques, sum } = computeTotal(world.inputs()).windows['1d'];
    expect(uniques.dedup).toBe('bounded');
    expect(uniques.estimate).toBeLessThan(1020);
    expect(uniques.high).toBeGreaterThanOrEqual(1300);
    expect(sum).toBeGreaterThanOrEqual(1270);
  });

  it('counts people under another identity scheme in the sum and the upper end, as under another key', () => {
    const totalWith = (changes: Partial<Report>) => {
      const world = new World().member('a').member('b').member('c');
      world.report('a', TODAY, people(0, 2000)).report('b', TODAY, people(1000, 2000));
      return computeTotal(world.report('c', TODAY, people(0, 500), changes).inputs());
    };
    const total = totalWith({ identity: 'cookie/9' });
    expect(total).toEqual(totalWith({ sketches: { 'bbbbbbbb.41': `sha256:c-${TODAY}` } }));
    const merged = totalWith({}).windows['1d'].uniques;
    for (const window of ['1d', '7d', '30d'] as const) {
      const { uniques, sum, overlap } = total.windows[window];
      expect(uniques.dedup).toBe('bounded');
      // Those of the other two, although the third has the very same registers as a part of them.
      expect(uniques.estimate).toBe(merged.estimate);
      expect(uniques.high).toBeGreaterThan(merged.high + 480);
      expect(sum).toBe(totalWith({}).windows[window].sum);
      expect(overlap).toBe(sum - total.instances[2]!.windows[window].estimate - uniques.estimate!);
      expect(total.instances[2]!.windows[window].marginal).toBeNull();
    }
    expect(total.history).toMatchObject([{ day: TODAY, uniques: { dedup: 'bounded' } }]);
  });

  it('merges nobody where all count people by other schemes than the federation', () => {
    const world = new World().member('a').member('b');
    for (const origin of ['a', 'b']) world.report(origin, TODAY, [1, 2, 3], { identity: 'cookie/9' });
    expect(computeTotal(world.inputs()).windows['30d'].uniques).toEqual({
      ...{ estimate: null, low: 3, high: 6, dedup: 'bounded' },
    });
  });

  it('counts the people of both sides of a cut, who may be the same, and gives each day before it its estimate', () => {
    const [before, former] = [addDays(TODAY, -1), 'aaaaaaaa.41'];
    const world = new World().member('a').member('b');
    for (const [origin, persons] of [
      ['a', people(0, 1000)],
      ['b', people(500, 1000)],
    ] as const) {
      world.report(origin, before, persons, { sketches: { [former]: `sha256:${origin}-${before}` } });
      world.report(origin, TODAY, people(0, 200));
    }
    const readKey = (day: string) => (day < TODAY ? former : KEY);
    const { windows, history, instances } = computeTotal(world.inputs({ readKey }));
    const { estimate, low, high, dedup } = windows['7d'].uniques;
    expect(dedup).toBe('bounded');
    expect(estimate!).toBeGreaterThan(1450);
    expect(low).toBeGreaterThan(1440);
    // 1,500 before, 200 after; their sum over days and instances would be 2,400.
    expect(high).toBeGreaterThanOrEqual(1700);
    expect(high).toBeLessThan(1800);
    expect(windows['7d'].overlap).toBeNull();
    expect(windows['1d'].uniques).toMatchObject({ dedup: 'full' });
    expect(history.map(({ uniques }) => uniques.dedup)).toEqual(['full', 'full']);
    expect(instances[0]!.windows['7d'].estimate).toBeGreaterThan(980);
    const gone = new World().member('a');
    gone.report('a', before, people(0, 1000), { sketches: { [former]: `sha256:a-${before}` } });
    expect(computeTotal(gone.inputs({ readKey })).windows['7d'].uniques.dedup).toBe('full');
  });

  it('widens the interval for a missing day, lowers coverage, and keeps the estimate', () => {
    const world = new World().member('a');
    for (const back of [0, 1, 3]) world.report('a', addDays(TODAY, -back), people(0, 200));
    const { uniques, coverage } = computeTotal(world.inputs()).windows['7d'];
    expect(coverage).toBe(0.75);
    expect(uniques.estimate).toBeLessThanOrEqual(203);
    expect(uniques.high).toBeGreaterThanOrEqual(uniques.estimate! + 195);
  });

  it('calls an origin stale once its newest report has lapsed, and goes on counting it', () => {
    const world = new World()
      .member('a')
      .report('a', TODAY, [1, 2], { validUntil: isoSeconds(NOW_MS - 1000) });
    const { windows, instances } = computeTotal(world.inputs());
    expect(windows['1d'].instances).toMatchObject({ fresh: 0, stale: 1 });
    expect(windows['1d'].uniques.estimate).toBe(2);
    expect(instances[0]).toMatchObject({ stale: true });
  });

  it('goes on counting the last counted report while a newer one is held', () => {
    const world = new World().member('a').report('a', TODAY, people(0, 50)).hold('a', TODAY);
    const { windows } = computeTotal(world.inputs());
    expect(windows['1d'].uniques.estimate).toBe(50);
    expect(windows['1d'].instances.held).toBe(1);
  });

  it('forgets a day that its origin withdrew', () => {
    const world = new World()
      .member('a')
      .report('a', TODAY, [1])
      .report('a', addDays(TODAY, -1), people(0, 90), { withdrawn: true });
    expect(computeTotal(world.inputs()).windows['30d'].uniques.estimate).toBe(1);
  });

  it('publishes what every member can read, whatever a forged sketch claims', () => {
    const world = new World()
      .member('a')
      .member('liar')
      .report('a', TODAY, people(0, 100))
      .report('liar', TODAY, [1], {
        hits: Number.MAX_SAFE_INTEGER,
        uniques: Number.MAX_SAFE_INTEGER,
        windows: {
          '7d': Number.MAX_SAFE_INTEGER,
          '30d': Number.MAX_SAFE_INTEGER,
          all: Number.MAX_SAFE_INTEGER,
        },
      });
    world.sketches.set(`sha256:liar-${TODAY}`, new Sketch(new Uint8Array(16_384).fill(51)));
    const total = computeTotal(world.inputs());
    const numbers = JSON.stringify(total)
      .match(/(?<=:)\d+(?=[,}])/g)!
      .map(Number);
    expect(numbers.every((number) => Number.isSafeInteger(number))).toBe(true);
    const envelope = {
      v: 1,
      federation: 'f',
      publisher: 'p'.repeat(43),
      asOf: isoSeconds(NOW_MS),
      inputs: '0'.repeat(64),
    };
    const rows = total.instances.map((row) => ({ ...row, node: 'n'.repeat(43) }));
    expect(totalSchema.safeParse({ ...envelope, ...total, instances: rows }).error).toBeUndefined();
  });

  it('knows only bounds of all time', () => {
    const world = new World()
      .member('a')
      .member('b')
      .report('a', TODAY, people(0, 10))
      .report('b', TODAY, people(0, 30));
    expect(computeTotal(world.inputs()).windows.all.uniques).toEqual({
      estimate: null,
      low: 30,
      high: 40,
      dedup: 'bounded',
    });
  });

  it('keeps low ≤ estimate ≤ high, the estimate between the largest instance and the sum, and parts below the whole', () => {
    const federation = fc.array(fc.array(fc.nat(400), { maxLength: 120 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(federation, (instances) => {
        const world = new World();
        instances.forEach((persons, index) => {
          world.member(`n${index}`).report(`n${index}`, TODAY, persons);
        });
        const { windows, instances: rows } = computeTotal(world.inputs());
        const { estimate, low, high } = windows['1d'].uniques;
        const largest = Math.max(...rows.map((row) => row.windows['1d'].estimate));
        expect(low).toBeLessThanOrEqual(estimate!);
        expect(estimate!).toBeLessThanOrEqual(high);
        expect(estimate!).toBeGreaterThanOrEqual(largest);
        expect(estimate!).toBeLessThanOrEqual(windows['1d'].sum);
        for (const row of rows)
          expect(row.windows['1d'].marginal!).toBeLessThanOrEqual(row.windows['1d'].estimate);
        const { uniques: all, sum } = windows.all;
        expect(all.low).toBeGreaterThanOrEqual(Math.min(sum, windows['30d'].uniques.low));
        expect(all.low).toBeLessThanOrEqual(all.high);
      }),
      { numRuns: 60 },
    );
  });
});
