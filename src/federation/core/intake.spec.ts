import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../clock/clock.js';
import { addDays, isoSeconds } from '../../clock/day.js';
import { openCard, signCard } from '../../protocol/card.js';
import { signEnvelope } from '../../protocol/envelope.js';
import { NodeKey } from '../../protocol/node-key.js';
import type { RefusalReason } from '../../protocol/refusal.js';
import type { Report } from '../../protocol/report.js';
import { packGrowth } from '../../protocol/sketch-growth.js';
import { packSketch, sketchDigest, unpackSketch } from '../../protocol/sketch-transfer.js';
import { encodeHyll } from '../../sketch/hyll.js';
import { Sketch } from '../../sketch/sketch.js';
import type { LedgerEntry } from '../../storage/ledger.js';
import { MemoryLedger } from '../../storage/memory/memory-ledger.js';
import { MemoryPeerStore } from '../../storage/memory/memory-peer-store.js';
import { Intake } from './intake.js';
import { defaultThresholds } from './judgement/thresholds.js';
import { Membership } from './membership.js';
import { defaultPolicy } from './policy.js';

const NOW_MS = Date.parse('2026-11-22T14:00:00Z');
const KEY_NAME = '1f2e3d4c.41';
const origin = NodeKey.generate();

let clock: ManualClock;
let ledger: MemoryLedger;
let membership: Membership;
let refused: RefusalReason[];
let noted: number[];
let contradictions: [string, string][];
let intake: Intake;
beforeEach(async () => {
  clock = new ManualClock(NOW_MS);
  ledger = new MemoryLedger();
  refused = [];
  noted = [];
  const policy = { ...defaultPolicy };
  membership = await Membership.load(new MemoryPeerStore(), clock, policy);
  const software = { name: 'x', version: '1' };
  const fields = { name: null, url: null, software, listed: false, counting: true, version: 1 };
  const card = signCard(fields, origin);
  await membership.requestToJoin(openCard(card), card, 'member');
  const countRefusal = (reason: RefusalReason) => void refused.push(reason);
  const contradicted = async (...pair: [string, string]) => void contradictions.push(pair);
  const stored = (entry: LedgerEntry) => void noted.push(entry.seq);
  contradictions = [];
  intake = new Intake({
    ...{ ledger, membership, clock, policy, thresholds: defaultThresholds },
    ...{ federation: () => 'fed', countRefusal, stored, contradicted },
  });
});
const admit = () => membership.approve(origin.nodeId, { trusted: true });

function sketchOf(people: number): { digest: string; packed: string } {
  const sketch = new Sketch();
  for (let person = 0; person < people; person++) {
    const id = Buffer.alloc(16, person);
    id.writeUInt32LE(Math.imul(person + 1, 0x9e3779b1) >>> 0, 3);
    sketch.add(id);
  }
  const bytes = encodeHyll(sketch);
  return { digest: sketchDigest(bytes), packed: Buffer.from(packSketch(bytes)).toString('base64') };
}

function report(changes: Partial<Report> = {}): string {
  const seq = changes.seq ?? NOW_MS;
  return signEnvelope(
    'report',
    {
      v: 1,
      federation: 'fed',
      origin: origin.nodeId,
      day: '2026-11-22',
      issuedAt: isoSeconds(NOW_MS),
      validUntil: isoSeconds(NOW_MS + 3_600_000),
      closed: false,
      format: 'hyll-p14-m64a',
      identity: 'ip-ua/1',
      hits: 10,
      uniques: 4,
      windows: { '7d': 4, '30d': 4, all: 4 },
      sketches: {},
      ...changes,
      seq,
    },
    origin,
  );
}

const standing = async () => (await ledger.slot(origin.nodeId, '2026-11-22'))?.accepted.report ?? null;

describe('Intake', () => {
  it('takes nothing of an origin that waits, was removed or is unknown', async () => {
    const push = { reports: [report()], sketches: {} };
    expect(await intake.receive(push, null)).toEqual([{ outcome: 'refused', reason: 'pending' }]);
    await membership.remove(origin.nodeId);
    expect(await intake.receive(push, null)).toEqual([{ outcome: 'refused', reason: 'not-a-member' }]);
    const stranger = { reports: [signEnvelope('report', {}, NodeKey.generate())], sketches: {} };
    expect(await intake.receive(stranger, null)).toEqual([{ outcome: 'refused', reason: 'unknown-key' }]);
    expect(refused).toEqual(['pending', 'not-a-member', 'unknown-key']);
    expect(await standing()).toBeNull();
  });

  it('answers for each envelope on its own, in order', async () => {
    await admit();
    const push = { reports: ['nonsense', report(), report(), report({ seq: NOW_MS - 1 })], sketches: {} };
    expect(await intake.receive(push, null)).toMatchObject([
      { outcome: 'refused', reason: 'not-an-envelope' },
      { outcome: 'accepted', replaced: null },
      { outcome: 'unchanged' },
      { outcome: 'refused', reason: 'seq-too-low', newest: { seq: NOW_MS } },
    ]);
  });

  it('needs every sketch that a report names, and no other', async () => {
    await admit();
    const four = sketchOf(4);
    const seven = sketchOf(7);
    const named = report({ sketches: { [KEY_NAME]: four.digest } });
    const outcomeOf = async (sketches: Record<string, string>) =>
      (await intake.receive({ reports: [named], sketches }, null))[0];
    expect(await outcomeOf({})).toMatchObject({ reason: 'sketch-missing' });
    expect(await outcomeOf({ [four.digest]: seven.packed })).toMatchObject({ reason: 'sketch-mismatch' });
    expect(await outcomeOf({ [four.digest]: 'AAAA' })).toMatchObject({ reason: 'sketch-malformed' });
    expect(await standing()).toBeNull();
    const both = { [four.digest]: four.packed, [seven.digest]: seven.packed };
    expect(await outcomeOf(both)).toMatchObject({ outcome: 'accepted' });
    expect(await ledger.sketch(four.digest)).not.toBeNull();
    expect(await ledger.sketch(seven.digest)).toBeNull();
    const again = report({ seq: NOW_MS + 1, sketches: { [KEY_NAME]: four.digest } });
    expect(await intake.receive({ reports: [again], sketches: {} }, null)).toMatchObject([
      { outcome: 'accepted' },
    ]);
  });

  it('takes what a sketch grew by since the report that stands, and nothing that grew from another', async () => {
    await admit();
    const [two, four, seven] = [sketchOf(2000), sketchOf(4000), sketchOf(7000)];
    const growth = (base: { packed: string }, { packed }: { packed: string }) => {
      const [from, to] = [base.packed, packed].map((text) => unpackSketch(Buffer.from(text, 'base64')));
      return Buffer.from(packGrowth(from!, to!)!).toString('base64');
    };
    const give = async (seq: number, { digest }: { digest: string }, packed: string) => {
      const reports = [report({ seq, hits: 9000, uniques: 4000, sketches: { [KEY_NAME]: digest } })];
      return (await intake.receive({ reports, sketches: { [digest]: packed } }, null))[0];
    };
    expect(await give(NOW_MS, four, growth(two, four))).toMatchObject({ reason: 'sketch-missing' });
    expect(await give(NOW_MS, two, two.packed)).toMatchObject({ rule: 'count-off-sketch' });
    expect(await give(NOW_MS + 1, seven, growth(four, seven))).toMatchObject({ reason: 'sketch-missing' });
    expect(await give(NOW_MS + 1, seven, growth(two, four))).toMatchObject({ reason: 'sketch-mismatch' });
    expect(await give(NOW_MS + 1, four, growth(two, four))).toMatchObject({ outcome: 'accepted' });
    expect(Buffer.from((await ledger.sketch(four.digest))!)).toEqual(
      Buffer.from(unpackSketch(Buffer.from(four.packed, 'base64'))),
    );
  });

  it('ends with the newest report, in whatever order and however many at once they come', async () => {
    const reports = Array.from({ length: 6 }, (_, index) => report({ seq: NOW_MS + index, hits: index }));
    const deliveries = fc.array(fc.constantFrom(...reports), { minLength: 1, maxLength: 12 });
    await admit();
    await fc.assert(
      fc.asyncProperty(deliveries, async (order) => {
        await ledger.removeOrigin(origin.nodeId);
        await Promise.all(order.map((one) => intake.receive({ reports: [one], sketches: {} }, null)));
        const newest = Math.max(...order.map((one) => reports.indexOf(one)));
        expect((await standing())?.hits).toBe(newest);
      }),
      { numRuns: 50 },
    );
  });

  it('slows down an origin that reports a day too often, but not those who relay its reports', async () => {
    await admit();
    const pushOf = (seq: number) => ({ reports: [report({ seq })], sketches: {} });
    await intake.receive(pushOf(NOW_MS), origin.nodeId);
    expect(await intake.receive(pushOf(NOW_MS + 1), origin.nodeId)).toEqual([
      { outcome: 'refused', reason: 'too-soon', newest: { seq: NOW_MS, id: expect.any(String) } },
    ]);
    expect(await intake.receive(pushOf(NOW_MS + 2), 'somebody else')).toMatchObject([
      { outcome: 'accepted' },
    ]);
    expect(await intake.receive(pushOf(NOW_MS + 3), null)).toMatchObject([
      { outcome: 'accepted', replaced: expect.any(String) },
    ]);
    expect(noted).toEqual([NOW_MS, NOW_MS + 2, NOW_MS + 3]);
    // Claiming another time does not help.
    const claimed = report({ seq: NOW_MS + 120_000, issuedAt: isoSeconds(NOW_MS + 120_000) });
    expect(await intake.receive({ reports: [claimed], sketches: {} }, origin.nodeId)).toMatchObject([
      { outcome: 'refused', reason: 'too-soon' },
    ]);
  });

  it('takes a report that came too soon as it is, once the one before has stood for long enough', async () => {
    await admit();
    const [first, second] = [NOW_MS, NOW_MS + 1].map((seq) => ({ reports: [report({ seq })], sketches: {} }));
    // As far as its origin knows, the first one has not arrived: a neighbour has just brought it.
    await intake.receive(first!, null);
    clock.advance(59_000);
    expect(await intake.receive(second!, origin.nodeId)).toMatchObject([{ reason: 'too-soon' }]);
    clock.advance(1000);
    expect(await intake.receive(second!, origin.nodeId)).toMatchObject([{ outcome: 'accepted' }]);
  });

  it('is not held up by a report that it received before its clock was put back', async () => {
    await admit();
    clock.advance(3_600_000);
    await intake.receive({ reports: [report({ seq: NOW_MS })], sketches: {} }, origin.nodeId);
    clock.advance(-3_600_000 + 120_000);
    const next = report({ seq: NOW_MS + 120_000, issuedAt: isoSeconds(NOW_MS + 120_000) });
    expect(await intake.receive({ reports: [next], sketches: {} }, origin.nodeId)).toMatchObject([
      { outcome: 'accepted' },
    ]);
  });

  it('holds a jump until a person releases it, which is the measure for the days after', async () => {
    await admit();
    const dayAt = (back: number) => addDays('2026-11-22', -back);
    const outcomeOf = async (back: number, uniques: number, seq: number) => {
      const envelope = report({ day: dayAt(back), seq, uniques, hits: 10 * uniques, sketches: {} });
      return (await intake.receive({ reports: [envelope], sketches: {} }, null))[0];
    };
    expect(await outcomeOf(20, 9000, NOW_MS)).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf(2, 36_000, NOW_MS + 1)).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf(1, 36_001, NOW_MS + 2)).toMatchObject({ outcome: 'held', rule: 'jump' });
    const { accepted } = (await ledger.slot(origin.nodeId, dayAt(1)))!;
    await ledger.store(accepted, new Map(), {
      ...{ origin: origin.nodeId, day: dayAt(1), seq: accepted.seq },
      ...{ rule: 'person', verdict: 'count', by: 'administrator', atMs: NOW_MS },
    });
    expect(await outcomeOf(0, 144_004, NOW_MS + 3)).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf(0, 144_005, NOW_MS + 4)).toMatchObject({ outcome: 'held', rule: 'jump' });
  });

  it('goes on counting a day that a person released, up to four times what was released', async () => {
    await admit();
    const outcomeOf = async (uniques: number, seq: number, day = '2026-11-22') => {
      const envelope = report({ seq, uniques, hits: 10 * uniques, sketches: {}, day });
      return (await intake.receive({ reports: [envelope], sketches: {} }, null))[0];
    };
    expect(await outcomeOf(12_000, NOW_MS)).toMatchObject({ outcome: 'held', rule: 'jump' });
    const [held] = await ledger.decisions('2026-11-22', '2026-11-22');
    expect(held?.evidence).toEqual({ finding: { measured: 12_000, threshold: 10_000 } });
    const { accepted } = (await ledger.slot(origin.nodeId, '2026-11-22'))!;
    await ledger.store(accepted, new Map(), {
      ...{ origin: origin.nodeId, day: '2026-11-22', seq: accepted.seq, evidence: { released: 12_000 } },
      ...{ rule: 'person', verdict: 'count', by: 'administrator', atMs: NOW_MS },
    });
    for (const uniques of [12_100, 30_000, 48_000])
      expect(await outcomeOf(uniques, NOW_MS + uniques)).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf(48_001, NOW_MS + 48_001)).toMatchObject({ outcome: 'held', rule: 'jump' });
    expect(await outcomeOf(48_001, NOW_MS, '2026-11-23')).toMatchObject({ outcome: 'held', rule: 'jump' });
    expect(await outcomeOf(48_000, NOW_MS + 1, '2026-11-23')).toMatchObject({ outcome: 'accepted' });
  });

  it('lets nobody climb beyond four times what a person released, however long ago that was', async () => {
    await admit();
    const dayAt = (back: number) => addDays('2026-11-22', -back);
    const outcomeOf = async (back: number, uniques: number, seq: number) => {
      const envelope = report({ day: dayAt(back), seq, uniques, hits: 10 * uniques, sketches: {} });
      return (await intake.receive({ reports: [envelope], sketches: {} }, null))[0];
    };
    expect(await outcomeOf(63, 10_000, NOW_MS)).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf(55, 40_000, NOW_MS)).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf(47, 40_001, NOW_MS)).toMatchObject({ outcome: 'held', rule: 'jump' });
    const { accepted } = (await ledger.slot(origin.nodeId, dayAt(47)))!;
    await ledger.store(accepted, new Map(), {
      ...{ origin: origin.nodeId, day: dayAt(47), seq: accepted.seq, evidence: { released: 40_001 } },
      ...{ rule: 'person', verdict: 'count', by: 'administrator', atMs: NOW_MS },
    });
    expect(await outcomeOf(30, 160_004, NOW_MS)).toMatchObject({ outcome: 'accepted' });
    // By now the day that was released is past; the one that handed it on is not.
    expect(await outcomeOf(0, 160_005, NOW_MS)).toMatchObject({ outcome: 'held', rule: 'jump' });
    expect(await outcomeOf(0, 160_004, NOW_MS + 1)).toMatchObject({ outcome: 'accepted' });
  });

  it('takes a sketch that did not come from what the origin has said of the day, and from nobody else', async () => {
    await admit();
    const { digest, packed } = sketchOf(4);
    const other = NodeKey.generate();
    const bytes = unpackSketch(Buffer.from(packed, 'base64'));
    const theirs = { origin: other.nodeId, day: '2026-11-22', seq: 1 };
    const report1 = { ...theirs, sketches: { [KEY_NAME]: digest } } as unknown as Report;
    await ledger.store(
      { ...theirs, reportId: 'a'.repeat(64), envelope: '{}', report: report1, receivedAtMs: 0 },
      new Map([[digest, bytes]]),
      { ...theirs, rule: 'accepted', verdict: 'count', by: 'rule', atMs: 0 },
    );
    const named = report({ sketches: { [KEY_NAME]: digest } });
    expect(await intake.receive({ reports: [named], sketches: {} }, null)).toEqual([
      { outcome: 'refused', reason: 'sketch-missing' },
    ]);
  });

  it('accepts one of two reports of the same number, also when they come at once', async () => {
    await admit();
    const twins = [report({ hits: 1 }), report({ hits: 2 })];
    const outcomes = await Promise.all(
      twins.map((one) => intake.receive({ reports: [one], sketches: {} }, null)),
    );
    expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(['accepted', 'refused']);
    expect(refused).toEqual(['equivocation']);
    expect(contradictions).toEqual([twins]);
    expect((await standing())?.hits).toBe(1);
  });
});
