import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, type Day } from '../../src/clock/day.js';
import type { Ledger, LedgerReport, Verdict } from '../../src/storage/ledger.js';
import type { Records } from '../../src/storage/records.js';
import { decisionOn, delivered, ledgerReport, originOf, sketchOf } from './ledger-fixtures.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

const DAY: Day = '2026-11-22';
const BERLIN = originOf('berlin');
const LISBON = originOf('lisbon');
const FOREVER: [Day, Day] = ['0000-01-01', '9999-12-31'];

/** What every Ledger promises, whatever it keeps its rows in. */
export function ledgerContract(name: string, makeHarness: MakeHarness): void {
  describe(`Ledger contract: ${name}`, () => {
    let harness: RecordsHarness;
    let records: Records;
    let ledger: Ledger;

    const put = (report: LedgerReport, verdict: Verdict = 'count', sketches = delivered()) =>
      ledger.store(report, sketches, decisionOn(report, verdict));

    beforeEach(async () => {
      harness = await makeHarness();
      records = await harness.open();
      ledger = records.ledger;
    });

    afterEach(async () => {
      await records.close();
      await harness.dispose();
    });

    it('knows nothing at first', async () => {
      expect(await ledger.slot(BERLIN, DAY)).toBeNull();
      expect(await ledger.slots(...FOREVER)).toEqual([]);
      expect(await ledger.decisions(...FOREVER)).toEqual([]);
      expect(await ledger.sketch(sketchOf('a').digest)).toBeNull();
      expect(await ledger.sketch('sha256:no such thing')).toBeNull();
      expect(await ledger.prune('9999-12-31')).toBe(0);
      await ledger.removeOrigin(BERLIN);
    });

    it('gives a counted report back as it was, envelope byte for byte', async () => {
      const sketch = sketchOf('a');
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      await put(report, 'count', delivered(sketch));
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: report, counted: report });
      expect((await ledger.slot(BERLIN, DAY))?.accepted.envelope).toBe(report.envelope);
      expect(await ledger.sketch(sketch.digest)).toEqual(sketch.bytes);
    });

    it('keeps a seq and times up to 2^53 - 1 exactly', async () => {
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: Number.MAX_SAFE_INTEGER });
      report.receivedAtMs = Number.MAX_SAFE_INTEGER;
      await ledger.store(report, delivered(), decisionOn(report, 'count', { atMs: Number.MAX_SAFE_INTEGER }));
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: report, counted: report });
      expect((await ledger.decisions(DAY, DAY))[0]?.atMs).toBe(Number.MAX_SAFE_INTEGER);
    });

    it('lets the last counted report stand beside a newer one that is held', async () => {
      const counted = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
      const held = ledgerReport({ origin: BERLIN, day: DAY, seq: 2 });
      await put(counted);
      await put(held, 'hold');
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: held, counted });
      const newerHeld = ledgerReport({ origin: BERLIN, day: DAY, seq: 3 });
      await put(newerHeld, 'hold');
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: newerHeld, counted });
    });

    it.each<Verdict>(['hold', 'exclude'])(
      'counts nothing of a first report with the verdict %s',
      async (verdict) => {
        const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
        await put(report, verdict);
        expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: report, counted: null });
      },
    );

    it('counts a held report once a person says so, without its sketches coming again', async () => {
      const sketch = sketchOf('held');
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      await put(report, 'hold', delivered(sketch));
      const release = decisionOn(report, 'count', { rule: 'person', by: 'admin', atMs: 1_795_305_700_000 });
      await ledger.store(report, delivered(), release);
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: report, counted: report });
      expect(await ledger.decisions(DAY, DAY)).toEqual([release]);
      expect(await ledger.sketch(sketch.digest)).toEqual(sketch.bytes);
    });

    it('Old: a report that comes late puts nothing back', async () => {
      const newer = ledgerReport({ origin: BERLIN, day: DAY, seq: 2 });
      const sketch = sketchOf('old');
      const older = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      await put(newer);
      await put(older, 'count', delivered(sketch));
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: newer, counted: newer });
      expect(await ledger.sketch(sketch.digest)).toBeNull();
      expect(await ledger.decisions(DAY, DAY)).toEqual([decisionOn(newer, 'count')]);
    });

    it('Double: storing the same again changes nothing', async () => {
      const sketch = sketchOf('a');
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      for (let time = 0; time < 3; time += 1) await put(report, 'count', delivered(sketch));
      expect(await ledger.slots(...FOREVER)).toEqual([{ accepted: report, counted: report }]);
      expect(await ledger.decisions(...FOREVER)).toEqual([decisionOn(report, 'count')]);
      expect(await ledger.sketch(sketch.digest)).toEqual(sketch.bytes);
    });

    it('Conflict: of two reports with one seq the first stays', async () => {
      const first = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
      const second = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, hits: 99, sketches: [sketchOf('b')] });
      await put(first, 'hold');
      await put(second, 'count', delivered(sketchOf('b')));
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: first, counted: null });
      expect(await ledger.sketch(sketchOf('b').digest)).toBeNull();
    });

    it('holds the same slots whatever the order in which reports came', async () => {
      const calls = [1, 2, 3, 4].map((seq) => ({
        seq,
        verdict: seq % 2 === 0 ? 'hold' : ('count' as Verdict),
      }));
      let origins = 0;
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(calls, { minLength: calls.length }), async (order) => {
          origins += 1;
          const origin = originOf(`origin${origins}`);
          for (const { seq, verdict } of order) await put(ledgerReport({ origin, day: DAY, seq }), verdict);
          const slot = await ledger.slot(origin, DAY);
          expect([slot?.accepted.seq, slot?.counted?.seq]).toEqual([4, 3]);
        }),
        { numRuns: 24 },
      );
    });

    it('adds only the sketches that the report names', async () => {
      const named = sketchOf('named');
      const stray = sketchOf('stray');
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [named] });
      await put(report, 'count', delivered(named, stray));
      expect(await ledger.sketch(named.digest)).toEqual(named.bytes);
      expect(await ledger.sketch(stray.digest)).toBeNull();
    });

    it('forgets a sketch once no slot names it', async () => {
      const [first, second, shared] = [sketchOf('1'), sketchOf('2'), sketchOf('shared')];
      const one = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [first, shared] });
      await put(one, 'count', delivered(first, shared));
      const two = ledgerReport({ origin: BERLIN, day: DAY, seq: 2, sketches: [second, shared] });
      await put(two, 'hold', delivered(second));
      expect(await ledger.sketch(first.digest)).toEqual(first.bytes);
      await ledger.store(two, delivered(), decisionOn(two, 'count'));
      expect(await ledger.sketch(first.digest)).toBeNull();
      expect(await ledger.sketch(second.digest)).toEqual(second.bytes);
      expect(await ledger.sketch(shared.digest)).toEqual(shared.bytes);
    });

    it('keeps a sketch that another origin names too', async () => {
      const sketch = sketchOf('same');
      const ours = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch, sketch] });
      const theirs = ledgerReport({ origin: LISBON, day: DAY, seq: 1, sketches: [sketch] });
      await put(ours, 'count', delivered(sketch));
      await put(theirs, 'count', delivered(sketch));
      await ledger.removeOrigin(BERLIN);
      expect(await ledger.sketch(sketch.digest)).toEqual(sketch.bytes);
      await ledger.removeOrigin(LISBON);
      expect(await ledger.sketch(sketch.digest)).toBeNull();
    });

    it('forgets one day of an origin and leaves its others and other origins alone', async () => {
      for (const origin of [BERLIN, LISBON])
        for (const day of [DAY, addDays(DAY, 1)]) await put(ledgerReport({ origin, day, seq: 1 }));
      await ledger.removeOrigin(BERLIN, DAY);
      expect(await ledger.slot(BERLIN, DAY)).toBeNull();
      expect((await ledger.slots(DAY, addDays(DAY, 1))).length).toBe(3);
    });

    it('takes a sketch that comes after the report that names it', async () => {
      const sketch = sketchOf('late');
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      await put(report);
      expect(await ledger.sketch(sketch.digest)).toBeNull();
      await put(report, 'count', delivered(sketch));
      expect(await ledger.sketch(sketch.digest)).toEqual(sketch.bytes);
    });

    it('does not notice when a caller changes the bytes that he gave or got', async () => {
      const sketch = sketchOf('a');
      const before = sketch.bytes.slice();
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      await put(report, 'count', delivered(sketch));
      sketch.bytes.fill(0);
      (await ledger.sketch(sketch.digest))?.fill(0);
      expect(await ledger.sketch(sketch.digest)).toEqual(before);
    });

    it('lists slots by origin, then day, the bounds included', async () => {
      const days = [0, 1, 2, 3].map((offset) => addDays(DAY, offset));
      for (const day of [...days].reverse())
        for (const origin of [LISBON, BERLIN]) await put(ledgerReport({ origin, day, seq: 1 }));
      const slots = await ledger.slots(days[1]!, days[2]!);
      const listed = slots.map(({ accepted }) => [accepted.origin, accepted.day]);
      expect(listed).toEqual([
        [BERLIN, days[1]],
        [BERLIN, days[2]],
        [LISBON, days[1]],
        [LISBON, days[2]],
      ]);
      expect(await ledger.slots(days[2]!, days[1]!)).toEqual([]);
    });

    it('lists the slots of one origin, oldest first, the bounds included', async () => {
      const days = [0, 1, 2, 3].map((offset) => addDays(DAY, offset));
      for (const day of [...days].reverse())
        for (const origin of [LISBON, BERLIN]) await put(ledgerReport({ origin, day, seq: 1 }));
      const held = ledgerReport({ origin: BERLIN, day: days[2]!, seq: 2 });
      await put(held, 'hold');
      const slots = await ledger.slotsOf(BERLIN, days[1]!, days[2]!);
      expect(slots.map(({ accepted, counted }) => [accepted.day, accepted.seq, counted?.seq])).toEqual([
        [days[1], 1, 1],
        [days[2], 2, 1],
      ]);
      expect(slots.every(({ accepted }) => accepted.origin === BERLIN)).toBe(true);
      expect(slots[1]?.accepted).toEqual(held);
      expect(await ledger.slotsOf(originOf('nobody'), ...FOREVER)).toEqual([]);
    });

    it('lists what stands in the slots of a day, by origin and seq, of all or by the beginning of their ids', async () => {
      const counted = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
      const held = ledgerReport({ origin: BERLIN, day: DAY, seq: 2 });
      const other = ledgerReport({ origin: LISBON, day: DAY, seq: 7 });
      await put(other);
      await put(counted);
      await put(held, 'hold');
      await put(ledgerReport({ origin: BERLIN, day: addDays(DAY, 1), seq: 3 }));
      const entryOf = ({ origin, day, seq, reportId }: LedgerReport) => ({ origin, day, seq, reportId });
      const [first, second, third] = [counted, held, other].map(entryOf);
      expect(await ledger.entries(DAY)).toEqual([first, second, third]);
      expect(await ledger.entries(DAY, 'lis')).toEqual([third]);
      expect(await ledger.entries(DAY, 'lisz')).toEqual([]);
      expect(await ledger.entries(DAY, BERLIN)).toEqual([first, second]);
      expect(await ledger.entries(addDays(DAY, -1))).toEqual([]);
    });

    it('lists what stands of one origin, oldest first, the bounds included', async () => {
      const days = [0, 1, 2, 3].map((offset) => addDays(DAY, offset));
      for (const day of [...days].reverse())
        for (const origin of [LISBON, BERLIN]) await put(ledgerReport({ origin, day, seq: 1 }));
      await put(ledgerReport({ origin: BERLIN, day: days[2]!, seq: 2 }), 'hold');
      const entries = await ledger.entriesOf(BERLIN, days[1]!, days[2]!);
      expect(entries.map(({ origin, day, seq }) => [origin, day, seq])).toEqual([
        [BERLIN, days[1], 1],
        [BERLIN, days[2], 1],
        [BERLIN, days[2], 2],
      ]);
      expect(entries[2]?.reportId).toBe(ledgerReport({ origin: BERLIN, day: days[2]!, seq: 2 }).reportId);
      expect(await ledger.entriesOf(originOf('nobody'), ...FOREVER)).toEqual([]);
    });

    it('lists every entry of a day once, however many they are', async () => {
      const origins = Array.from({ length: 600 }, (_, index) =>
        originOf(`e${String(index).padStart(4, '0')}`),
      );
      for (const seq of [1, 2])
        await Promise.all(
          origins.map((origin) => put(ledgerReport({ origin, day: DAY, seq }), seq === 1 ? 'count' : 'hold')),
        );
      const listed = (await ledger.entries(DAY)).map(({ origin, seq }) => `${origin} ${seq}`);
      expect(listed).toEqual(origins.flatMap((origin) => [`${origin} 1`, `${origin} 2`]));
    });

    it('lists many slots of a day whole, with their two reports', async () => {
      const origins = Array.from({ length: 300 }, (_, index) =>
        originOf(`o${String(index).padStart(3, '0')}`),
      );
      await Promise.all(origins.map((origin) => put(ledgerReport({ origin, day: DAY, seq: 1 }))));
      await Promise.all(origins.map((origin) => put(ledgerReport({ origin, day: DAY, seq: 2 }), 'hold')));
      const slots = await ledger.slots(DAY, DAY);
      expect(slots.map(({ accepted }) => accepted.origin)).toEqual(origins);
      expect(slots.every(({ accepted, counted }) => accepted.seq === 2 && counted?.seq === 1)).toBe(true);
      expect((await ledger.decisions(DAY, DAY)).map(({ origin, seq }) => [origin, seq])).toEqual(
        origins.flatMap((origin) => [
          [origin, 1],
          [origin, 2],
        ]),
      );
    });

    it('keeps the newest decision about a report, in whatever order they come', async () => {
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
      const later = decisionOn(report, 'exclude', { rule: 'person', by: 'admin', atMs: 2_000 });
      const earlier = decisionOn(report, 'hold', { rule: 'growth', atMs: 1_000 });
      await ledger.store(report, delivered(), later);
      await ledger.store(report, delivered(), earlier);
      expect(await ledger.decisions(DAY, DAY)).toEqual([later]);
    });

    it('keeps what a decision rests on, until another takes its place', async () => {
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
      const evidence = { finding: { measured: 3e-310, threshold: 1e-7 }, released: 12 };
      const held = decisionOn(report, 'hold', { rule: 'not-hash-like', evidence, atMs: 1000 });
      await ledger.store(report, delivered(), held);
      expect(await ledger.decision(BERLIN, DAY, 1)).toEqual(held);
      const released = decisionOn(report, 'count', { rule: 'person', atMs: 2000 });
      await ledger.store(report, delivered(), released);
      expect(await ledger.decisions(DAY, DAY)).toEqual([released]);
      expect((await ledger.decision(BERLIN, DAY, 1))?.evidence).toBeUndefined();
    });

    it('keeps decisions about what stands in a slot, and no others', async () => {
      const reports = [1, 2, 3].map((seq) => ledgerReport({ origin: BERLIN, day: DAY, seq }));
      await put(reports[0]!, 'count');
      await put(reports[1]!, 'hold');
      await put(reports[2]!, 'hold');
      const other = ledgerReport({ origin: LISBON, day: addDays(DAY, 1), seq: 1 });
      await put(other);
      expect(await ledger.decisions(...FOREVER)).toEqual([
        decisionOn(reports[0]!, 'count'),
        decisionOn(reports[2]!, 'hold'),
        decisionOn(other, 'count'),
      ]);
      expect(await ledger.decisions(DAY, DAY)).toHaveLength(2);
      expect(await ledger.decision(BERLIN, DAY, 3)).toEqual(decisionOn(reports[2]!, 'hold'));
      expect(await ledger.decision(BERLIN, DAY, 2)).toBeNull();
      expect(await ledger.decision(LISBON, DAY, 3)).toBeNull();
    });

    it('forgets an origin with its days, decisions and sketches, and no one else', async () => {
      for (const origin of [BERLIN, LISBON])
        for (let offset = 0; offset < 3; offset += 1) {
          const sketch = sketchOf(`${origin}${offset}`);
          const report = ledgerReport({ origin, day: addDays(DAY, offset), seq: 1, sketches: [sketch] });
          await put(report, 'count', delivered(sketch));
        }
      await ledger.removeOrigin(BERLIN);
      const slots = await ledger.slots(...FOREVER);
      expect(slots.map(({ accepted }) => accepted.origin)).toEqual([LISBON, LISBON, LISBON]);
      expect((await ledger.decisions(...FOREVER)).every(({ origin }) => origin === LISBON)).toBe(true);
      expect(await ledger.sketch(sketchOf(`${BERLIN}0`).digest)).toBeNull();
      expect(await ledger.sketch(sketchOf(`${LISBON}0`).digest)).not.toBeNull();
    });

    it('takes an origin back that was removed, from its first report on', async () => {
      await put(ledgerReport({ origin: BERLIN, day: DAY, seq: 9 }));
      await ledger.removeOrigin(BERLIN);
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 1 });
      await put(report);
      expect(await ledger.slot(BERLIN, DAY)).toEqual({ accepted: report, counted: report });
    });

    it('prunes the days before the first one and says how many slots they were', async () => {
      const old = sketchOf('old');
      for (let offset = 0; offset < 4; offset += 1)
        for (const origin of [BERLIN, LISBON]) {
          const report = ledgerReport({ origin, day: addDays(DAY, offset), seq: 1, sketches: [old] });
          await put(report, 'count', delivered(old));
          await put(ledgerReport({ origin, day: addDays(DAY, offset), seq: 2 }), 'hold');
        }
      expect(await ledger.prune(addDays(DAY, 3))).toBe(6);
      expect(await ledger.slots(...FOREVER)).toHaveLength(2);
      expect(await ledger.sketch(old.digest)).not.toBeNull();
      expect(await ledger.prune(addDays(DAY, 4))).toBe(2);
      expect(await ledger.sketch(old.digest)).toBeNull();
      expect(await ledger.decisions(...FOREVER)).toEqual([]);
    });

    it('stores all of a report or nothing', async () => {
      const before = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketchOf('1')] });
      await put(before, 'count', delivered(sketchOf('1')));
      const [good, bad] = [sketchOf('good'), sketchOf('bad')];
      const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 2, sketches: [good, bad] });
      const sketches = new (class extends Map<string, Uint8Array> {
        override get(digest: string): Uint8Array | undefined {
          if (digest === bad.digest) throw new Error('the second sketch cannot be read');
          return good.bytes;
        }
      })();
      await expect(put(report, 'count', sketches)).rejects.toThrow('the second sketch cannot be read');
      expect(await ledger.slots(...FOREVER)).toEqual([{ accepted: before, counted: before }]);
      expect(await ledger.decisions(...FOREVER)).toEqual([decisionOn(before, 'count')]);
      expect(await ledger.sketch(good.digest)).toBeNull();
      expect(await ledger.sketch(sketchOf('1').digest)).not.toBeNull();
    });

    it('takes 200 stores of different origins at the same time, with reads in between', async () => {
      const origins = Array.from({ length: 200 }, (_, index) =>
        originOf(`c${String(index).padStart(3, '0')}`),
      );
      const work = origins.map(async (origin, index) => {
        const sketch = sketchOf(origin);
        const report = ledgerReport({ origin, day: DAY, seq: 1, sketches: [sketch] });
        await put(report, index % 3 === 0 ? 'hold' : 'count', delivered(sketch));
        const slot = await ledger.slot(origin, DAY);
        expect(slot?.accepted.reportId).toBe(report.reportId);
        if (index % 50 === 0) expect((await ledger.slots(DAY, DAY)).length).toBeGreaterThan(0);
      });
      await Promise.all(work);
      const slots = await ledger.slots(DAY, DAY);
      expect(slots.map(({ accepted }) => accepted.origin)).toEqual(origins);
      expect(slots.filter(({ counted }) => counted === null)).toHaveLength(67);
    });

    it('ends with the newest of 200 concurrent reports of one origin and day', async () => {
      const reports = Array.from({ length: 200 }, (_, index) => {
        const sketch = sketchOf(`s${index}`);
        const seq = 1 + ((index * 77) % 200);
        return { sketch, report: ledgerReport({ origin: BERLIN, day: DAY, seq, sketches: [sketch] }) };
      });
      await Promise.all(reports.map(({ report, sketch }) => put(report, 'count', delivered(sketch))));
      expect((await ledger.slot(BERLIN, DAY))?.counted?.seq).toBe(200);
      const kept = await Promise.all(reports.map(({ sketch }) => ledger.sketch(sketch.digest)));
      expect(kept.filter((bytes) => bytes !== null)).toHaveLength(1);
    });

    it('gives the same after a restart', async () => {
      if (harness.reopen === null) return;
      const sketch = sketchOf('a', 12_304);
      const counted = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [sketch] });
      const held = ledgerReport({ origin: BERLIN, day: DAY, seq: 2 });
      await put(counted, 'count', delivered(sketch));
      await put(held, 'hold');
      records = await harness.reopen(records);
      ledger = records.ledger;
      expect(await ledger.slots(...FOREVER)).toEqual([{ accepted: held, counted }]);
      expect(await ledger.decisions(DAY, DAY)).toEqual([
        decisionOn(counted, 'count'),
        decisionOn(held, 'hold'),
      ]);
      expect(await ledger.sketch(sketch.digest)).toEqual(sketch.bytes);
    });
  });
}
