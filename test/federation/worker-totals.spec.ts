import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, type Day, daysFromTo, isoSeconds } from '../../src/clock/day.js';
import { answerEffect } from '../../src/federation/core/effect.js';
import { LedgerTotals } from '../../src/federation/core/ledger-totals.js';
import { defaultPolicy } from '../../src/federation/core/policy.js';
import type { RosterEntry } from '../../src/federation/core/roster.js';
import { answerQuestion, daysOf, type TotalQuestion } from '../../src/federation/core/total-question.js';
import type * as workerTotals from '../../src/federation/worker-totals.js';
import type { Report } from '../../src/protocol/report.js';
import { sketchDigest } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { RelationalLedgerScan } from '../../src/storage/relational/relational-ledger-scan.js';
import { RelationalRecords } from '../../src/storage/relational/relational-records.js';
import { originOf } from '../contract/ledger-fixtures.js';
import { temporaryFolder } from '../contract/records-harness.js';
import { randomSketch } from '../support/random-sketch.js';

const BUILT = fileURLToPath(new URL('../../dist/federation/worker-totals.js', import.meta.url));
const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const TODAY = '2026-11-22';
const ORIGINS = 40;
const STATUSES = ['active', 'active', 'active', 'probation', 'suspended', 'removed', 'quarantined'] as const;

interface Said {
  origin: number;
  back: number;
  seq: number;
  people: number;
  isCounted: boolean;
  hasSketch: boolean;
  identity: string;
  isElsewhere: boolean;
  isWithdrawn: boolean;
}

const said: fc.Arbitrary<Said> = fc.record({
  ...{ origin: fc.nat(ORIGINS - 1), back: fc.nat(45), seq: fc.integer({ min: 1, max: 3 }) },
  people: fc.oneof(fc.nat(300), fc.integer({ min: 300, max: 30_000 })),
  isCounted: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
  ...{ hasSketch: fc.integer({ min: 0, max: 9 }).map((n) => n > 0), isElsewhere: fc.boolean() },
  identity: fc.integer({ min: 0, max: 9 }).map((n) => (n > 0 ? 'ip/1' : 'cookie/9')),
  isWithdrawn: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
});

const nameOf = (index: number) => originOf(`o${String(index).padStart(3, '0')}`);
const keyNameOf = (day: Day) => (day < addDays(TODAY, -20) ? '1f2e3d4c.40' : '1f2e3d4c.41');

function reportOf(said: Said, other: boolean) {
  const { origin, back, seq, people, hasSketch, identity, isElsewhere, isWithdrawn } = said;
  const day = addDays(TODAY, -back);
  const bytes = encodeHyll(randomSketch(people, origin));
  const digest = sketchDigest(bytes);
  const report: Report = {
    ...{ v: 1, federation: other && isElsewhere ? 'other' : 'fed', origin: nameOf(origin), day, seq },
    ...{ issuedAt: isoSeconds(NOW_MS - back * 1000), validUntil: isoSeconds(NOW_MS + (back - 20) * 1000) },
    ...{ closed: back > 0, format: 'hyll-p14-m64a', identity, hits: people * 2, uniques: people },
    windows: { '7d': people * 2, '30d': people * 3, all: people * 4 },
    sketches: hasSketch ? { [keyNameOf(day)]: digest, '1f2e3d4c.41': digest } : {},
    ...(isWithdrawn ? { withdrawn: true } : {}),
  };
  const payload = Buffer.from(JSON.stringify(report)).toString('base64');
  const envelope = JSON.stringify({ payload, payloadType: 'x', signatures: [{ keyid: 'k', sig: 's' }] });
  return { report, envelope, bytes, digest };
}

function questionAbout(roster: readonly RosterEntry[], ruledOut: TotalQuestion['ruledOut']): TotalQuestion {
  const { from, to } = daysOf({ policy: defaultPolicy, nowMs: NOW_MS });
  const readKeys = Object.fromEntries(daysFromTo(from, to).map((day) => [day, keyNameOf(day)]));
  const terms = { federation: 'fed', identity: 'ip/1', readKeys, policy: defaultPolicy };
  return { ...terms, roster, ruledOut, nowMs: NOW_MS };
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function recordsWith(all: readonly Said[]): Promise<{ path: string; records: RelationalRecords }> {
  files += 1;
  const path = join(folder.path, `${files}.sqlite`);
  const records = await RelationalRecords.open(path);
  for (const [index, one] of all.entries()) {
    const { report, envelope, bytes, digest } = reportOf(one, index % 11 === 0);
    const { origin, day, seq } = report;
    const reportId = `${index}`.padStart(64, '0');
    const verdict = one.isCounted ? 'count' : 'hold';
    await records.ledger.store(
      { origin, day, seq, reportId, envelope, report, receivedAtMs: NOW_MS },
      new Map([[digest, bytes]]),
      { origin, day, seq, rule: 'accepted', verdict, by: 'rule', atMs: NOW_MS },
    );
  }
  return { path, records };
}

const rosterOf = (shown: (index: number) => boolean): RosterEntry[] =>
  Array.from({ length: ORIGINS }, (_, index) => ({
    ...{ nodeId: nameOf(index), name: `site ${index}`, listed: index % 3 > 0 },
    status: STATUSES[index % STATUSES.length]!,
    statusSinceMs: NOW_MS - (index % 12) * 86_400_000,
  })).filter((_, index) => shown(index));

describe('a total of a ledger', () => {
  it('is the same whether it is read from end to end or held in memory, whatever was reported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(said, { maxLength: 60 }), fc.nat(ORIGINS), async (all, without) => {
        const { path, records } = await recordsWith(all);
        const ruledOut = all.slice(0, 3).map(({ origin, back }) => ({
          origin: nameOf(origin),
          day: addDays(TODAY, -back),
        }));
        const question = questionAbout(
          rosterOf((index) => index !== without),
          ruledOut,
        );
        const { from, to } = daysOf(question);
        const scan = RelationalLedgerScan.open(path);
        try {
          const scanned = answerQuestion(question, scan.origins(from, to));
          expect(scanned).toEqual(await new LedgerTotals(records.ledger).compute(question));
        } finally {
          scan.close();
          await records.close();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is the same before and after a decision, when all others are added up once for both', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(said, { minLength: 1, maxLength: 60 }),
        fc.nat(ORIGINS - 1),
        fc.boolean(),
        async (all, chosen, isRuled) => {
          const { path, records } = await recordsWith(all);
          const small = new LedgerTotals(records.ledger);
          const origin = nameOf(isRuled ? chosen : all[0]!.origin);
          const day = addDays(TODAY, -all[0]!.back);
          const whole = questionAbout(
            rosterOf(() => true),
            isRuled ? [{ origin, day }] : [],
          );
          const without = { ...whole, roster: whole.roster.filter(({ nodeId }) => nodeId !== origin) };
          const pairs = [
            [whole, without],
            [without, whole],
            [whole, { ...whole, ruledOut: isRuled ? [] : [{ origin, day }] }],
            [whole, { ...whole, supposed: { origin, day } }],
          ] as const;
          const { from, to } = daysOf(whole);
          const scan = RelationalLedgerScan.open(path);
          try {
            for (const [before, after] of pairs)
              expect(answerEffect(origin, before, after, scan.origins(from, to))).toEqual(
                await small.compare(origin, before, after),
              );
          } finally {
            scan.close();
            await records.close();
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is the same from a thread of its own, and one of a few instances is computed where it is asked for', async () => {
    const { WorkerTotals } = (await import(BUILT)) as typeof workerTotals;
    const all = fc.sample(said, { numRuns: 150, seed: 7 });
    const { path, records } = await recordsWith(all);
    const small = new LedgerTotals(records.ledger);
    const question = questionAbout(
      rosterOf(() => true),
      [],
    );
    const expected = await small.compute(question);
    expect(expected.total.windows['30d'].uniques.estimate).toBeGreaterThan(1000);
    const refuse = () => Promise.reject(new Error('on this thread'));
    const never = { compute: refuse, compare: refuse };
    expect(await new WorkerTotals(path, never).compute(question)).toEqual(expected);
    const few = { ...question, roster: question.roster.slice(0, 5) };
    await expect(new WorkerTotals(path, never).compute(few)).rejects.toThrow('on this thread');
    const [origin, without] = [nameOf(0), { ...question, roster: question.roster.slice(1) }];
    const effect = await new WorkerTotals(path, never).compare(origin, question, without);
    expect(effect).toEqual(await small.compare(origin, question, without));
    expect(effect.after.windows).not.toEqual(effect.before.windows);
    await expect(new WorkerTotals(path, never).compare(origin, few, few)).rejects.toThrow('on this thread');
    await expect(new WorkerTotals(join(folder.path, 'gone'), small).compute(question)).rejects.toMatchObject({
      code: 'SQLITE_CANTOPEN',
    });
    await records.close();
  });

  it('goes on as it was while reports come in', async () => {
    const { path, records } = await recordsWith(fc.sample(said, { numRuns: 30, seed: 8 }));
    const scan = RelationalLedgerScan.open(path);
    const { from, to } = daysOf({ policy: defaultPolicy, nowMs: NOW_MS });
    const expected = [...scan.origins(from, to)].map(({ slots }) => slots);
    const read = [];
    for (const { origin, slots } of scan.origins(from, to)) {
      read.push(slots);
      await records.ledger.removeOrigin(origin);
    }
    expect(read).toEqual(expected);
    scan.close();
    await records.close();
  });
});
