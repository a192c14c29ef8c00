import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf, HOUR_MS } from '../clock/day.js';
import { acceptReport } from '../protocol/acceptance.js';
import { payloadId, readEnvelope } from '../protocol/envelope.js';
import { onlyKey } from '../protocol/key-chain.js';
import { NodeKey } from '../protocol/node-key.js';
import type { Report } from '../protocol/report.js';
import { sketchDigest } from '../protocol/sketch-transfer.js';
import { decodeHyll } from '../sketch/hyll.js';
import { Sketch } from '../sketch/sketch.js';
import { MemoryLedger } from '../storage/memory/memory-ledger.js';
import type { OwnCounts, OwnDay } from './own-counts.js';
import { ReportIssuer, type ReportTerms } from './report-issuer.js';

const NOON_MS = Date.parse('2026-11-22T12:00:00Z');
const TODAY = '2026-11-22';
const OWN = 'aaaaaaaa.8';
const NEXT = 'aaaaaaaa.9';
const key = NodeKey.generate();

/** Counts that a test writes by hand. */
class HandCounts implements OwnCounts {
  readonly byDay = new Map<Day, { hits: number; uniques: number; keyNames: string[] }>();
  /** Of fewer people than were there, by key. */
  readonly lost = new Map<string, number>();
  reads = 0;

  set(day: Day, hits: number, uniques = hits, keyNames = [OWN, NEXT]): void {
    this.byDay.set(day, { hits, uniques, keyNames });
  }

  async hits(from: Day, to: Day) {
    return [...this.byDay]
      .filter(([day]) => day >= from && day <= to)
      .map(([day, { hits }]) => ({ day, hits }));
  }

  async day(day: Day): Promise<OwnDay> {
    this.reads += 1;
    const { uniques, keyNames } = this.byDay.get(day) ?? { uniques: 0, keyNames: [] };
    const sketches = new Map(keyNames.map((name, index) => [name, sketchOf(uniques, index)]));
    for (const [name, people] of this.lost) sketches.set(name, sketchOf(people, 0));
    return { uniques, sketches, windows: { '7d': uniques + 1, '30d': uniques + 2, all: uniques + 3 } };
  }
}

function sketchOf(people: number, shift: number): Sketch {
  const registers = new Uint8Array(16_384);
  for (let person = 0; person < people; person++) registers[(person * 7 + shift) % 16_384] = 1;
  return new Sketch(registers);
}

let clock: ManualClock;
let counts: HandCounts;
let ledger: MemoryLedger;
let terms: ReportTerms | null;
let issuer: ReportIssuer;
let chance: number;
beforeEach(() => {
  clock = new ManualClock(NOON_MS);
  counts = new HandCounts();
  ledger = new MemoryLedger();
  terms = {
    federation: 'fed',
    identity: 'ip-ua/1',
    keyNames: () => [OWN, NEXT],
    isLastOfEpoch: () => false,
    firstDay: '2026-11-01',
    sketchMinimum: 0,
  };
  chance = 0;
  issuer = new ReportIssuer(
    counts,
    ledger,
    key,
    async () => terms,
    clock,
    () => chance,
  );
});

async function reportOf(day: Day): Promise<Report> {
  return (await ledger.slot(key.nodeId, day))!.accepted.report;
}

describe('ReportIssuer', () => {
  it('signs what every receiver accepts, with the sketches that it names', async () => {
    counts.set(TODAY, 30, 10);
    expect(await issuer.issue()).toEqual([TODAY]);
    const { accepted, counted } = (await ledger.slot(key.nodeId, TODAY))!;
    expect(counted).toEqual(accepted);
    const { report, reportId } = acceptReport(accepted.envelope, {
      federation: 'fed',
      keyOf: (id) => (id === key.nodeId ? onlyKey(key.publicKey) : null),
      nowMs: clock.nowMs(),
    });
    expect(report).toEqual({
      v: 1,
      federation: 'fed',
      origin: key.nodeId,
      day: TODAY,
      seq: NOON_MS,
      issuedAt: '2026-11-22T12:00:00Z',
      validUntil: '2026-11-22T18:00:00Z',
      closed: false,
      format: 'hyll-p14-m64a',
      identity: 'ip-ua/1',
      hits: 30,
      uniques: 10,
      windows: { '7d': 11, '30d': 12, all: 13 },
      sketches: { [OWN]: expect.stringMatching(/^sha256:/) },
    });
    expect(reportId).toBe(accepted.reportId);
    expect(payloadId(readEnvelope(accepted.envelope, 8192).payload)).toBe(reportId);
    const bytes = (await ledger.sketch(report.sketches[OWN]!))!;
    expect(sketchDigest(bytes)).toBe(report.sketches[OWN]);
    expect(Math.round(decodeHyll(bytes).estimate())).toBe(10);
  });

  it('reports today also when nobody came, so that silence and absence differ', async () => {
    expect(await issuer.issue()).toEqual([TODAY]);
    expect(await reportOf(TODAY)).toMatchObject({ hits: 0, uniques: 0, closed: false });
  });

  it('signs an unchanged day again only at half of its validity, and reads it only then', async () => {
    counts.set(TODAY, 5);
    await issuer.issue();
    const first = await reportOf(TODAY);
    clock.advance(3 * HOUR_MS - 1000);
    expect(await issuer.issue()).toEqual([]);
    expect(counts.reads).toBe(1);
    expect(await reportOf(TODAY)).toEqual(first);
    clock.advance(1000);
    expect(await issuer.issue()).toEqual([TODAY]);
    expect(await reportOf(TODAY)).toMatchObject({ seq: clock.nowMs(), validUntil: '2026-11-22T21:00:00Z' });
  });

  it('signs a changed day at once, with a higher seq even when the clock stands still or goes back', async () => {
    counts.set(TODAY, 5);
    await issuer.issue();
    for (const stepMs of [0, -1000, 0]) {
      const before = (await reportOf(TODAY)).seq;
      clock.advance(stepMs);
      counts.set(TODAY, (counts.byDay.get(TODAY)?.hits ?? 0) + 1);
      expect(await issuer.issue()).toEqual([TODAY]);
      expect((await reportOf(TODAY)).seq).toBe(before + 1);
    }
  });

  it('leaves to chance how far it counts on, as a node that was restored counts on from there, too', async () => {
    counts.set(TODAY, 5);
    await issuer.issue();
    const { seq } = await reportOf(TODAY);
    chance = 0.5;
    counts.set(TODAY, 6);
    await issuer.issue();
    expect((await reportOf(TODAY)).seq).toBe(seq + 5001);
    chance = 1 - 2 ** -53;
    counts.set(TODAY, 7);
    await issuer.issue();
    expect((await reportOf(TODAY)).seq).toBe(seq + 15_001);
  });

  it('closes a day that is over, once, and adds the next epoch’s sketch', async () => {
    counts.set(TODAY, 5);
    await issuer.issue();
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN]);
    clock.advance(DAY_MS / 2 + 1000);
    expect(await issuer.issue()).toEqual([TODAY, addDays(TODAY, 1)]);
    expect(await reportOf(TODAY)).toMatchObject({
      closed: true,
      hits: 5,
      validUntil: '2026-11-25T00:00:01Z',
    });
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN, NEXT]);
    const { backfill } = await reportOf(TODAY);
    expect(backfill).toBeUndefined();
    clock.advance(10 * DAY_MS);
    expect(await issuer.issue()).not.toContain(TODAY);
  });

  it('leaves out the next epoch’s sketch where most of the day was taken back without it', async () => {
    counts.set(TODAY, 50);
    clock.advance(DAY_MS / 2 + 1000);
    counts.lost.set(NEXT, 44);
    await issuer.issue();
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN, NEXT]);
    counts.set(TODAY, 51, 52);
    await issuer.issue();
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN]);
  });

  it('signs a day that nobody came to again when it must be signed in any case', async () => {
    await issuer.issue();
    clock.advance(DAY_MS);
    await issuer.issue();
    clock.advance(1000);
    expect(await issuer.issue(new Set([TODAY]))).toEqual([TODAY]);
    expect(await reportOf(TODAY)).toMatchObject({ closed: true, hits: 0, seq: clock.nowMs() });
  });

  it('waits with a report whose number would be more than five minutes ahead of its time', async () => {
    counts.set(TODAY, 5);
    await issuer.issue();
    const { seq } = await reportOf(TODAY);
    counts.set(TODAY, 6);
    clock.advance(-300_000);
    expect(await issuer.issue()).toEqual([]);
    // Its time is in whole seconds.
    clock.advance(999);
    expect(await issuer.issue()).toEqual([]);
    clock.advance(1);
    expect(await issuer.issue()).toEqual([TODAY]);
    expect(await reportOf(TODAY)).toMatchObject({ hits: 6, seq: seq + 1 });
  });

  it('closes a day that nobody came to, and the days of a node that was off', async () => {
    await issuer.issue();
    clock.advance(5 * DAY_MS);
    expect(await issuer.issue()).toEqual([TODAY, addDays(TODAY, 5)]);
    expect(await reportOf(TODAY)).toMatchObject({ closed: true, hits: 0 });
  });

  it('sends the last day of an epoch under both keys while it is open', async () => {
    terms = { ...terms!, isLastOfEpoch: (day) => day === TODAY };
    counts.set(TODAY, 5);
    await issuer.issue();
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN, NEXT]);
  });

  it('sends counts only below the minimum, and the sketch from it on', async () => {
    terms = { ...terms!, sketchMinimum: 100 };
    counts.set(TODAY, 200, 99);
    await issuer.issue();
    expect(await reportOf(TODAY)).toMatchObject({ uniques: 99, sketches: {} });
    counts.set(TODAY, 201, 100);
    await issuer.issue();
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN]);
  });

  it.each([
    [50, 100],
    [100, 50],
  ])('keeps to the larger of its own minimum, %d, and that of the charter, %d', async (own, ofCharter) => {
    terms = { ...terms!, sketchMinimum: own };
    counts.set(TODAY, 200, 99);
    await issuer.issue(new Set(), ofCharter);
    expect((await reportOf(TODAY)).sketches).toEqual({});
    counts.set(TODAY, 201, 100);
    await issuer.issue(new Set(), ofCharter);
    expect(Object.keys((await reportOf(TODAY)).sketches)).toEqual([OWN]);
  });

  it('calls the first report of a day that was over for 48 h a backfill, and remains with that', async () => {
    const imported = addDays(TODAY, -4);
    const recent = addDays(TODAY, -2);
    counts.set(imported, 7);
    counts.set(recent, 7);
    await issuer.issue();
    expect(await reportOf(imported)).toMatchObject({ backfill: true, closed: true });
    expect((await reportOf(recent)).backfill).toBeUndefined();
    clock.advance(10 * DAY_MS);
    for (const day of [imported, recent]) counts.set(day, 8);
    await issuer.issue();
    expect(await reportOf(imported)).toMatchObject({ backfill: true, hits: 8 });
    expect((await reportOf(recent)).backfill).toBeUndefined();
  });

  it('reports no day before it joined, unless that was counted under the federation’s keys', async () => {
    counts.set('2026-10-30', 9, 9, ['bbbbbbbb.3']);
    counts.set('2026-10-31', 9, 9, [NEXT]);
    expect(await issuer.issue()).toEqual(['2026-10-31', TODAY]);
  });

  it('reports 62 days back and no more', async () => {
    terms = { ...terms!, firstDay: '2026-01-01' };
    for (const back of [62, 63]) counts.set(addDays(TODAY, -back), 1);
    expect(await issuer.issue()).toEqual([addDays(TODAY, -62), TODAY]);
  });

  it('signs everything anew for another federation, under higher numbers', async () => {
    counts.set(TODAY, 5);
    await issuer.issue();
    const { seq } = await reportOf(TODAY);
    terms = { ...terms!, federation: 'other' };
    expect(await issuer.issue()).toEqual([TODAY]);
    expect(await reportOf(TODAY)).toMatchObject({ federation: 'other', seq: seq + 1 });
  });

  it('issues nothing on a node that counts no site', async () => {
    terms = null;
    counts.set(TODAY, 5);
    expect(await issuer.issue()).toEqual([]);
    expect(await ledger.slots('2000-01-01', dayOf(NOON_MS))).toEqual([]);
  });
});
