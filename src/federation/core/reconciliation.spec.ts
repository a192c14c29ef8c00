import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod';
import { addDays } from '../../clock/day.js';
import { envelopeId, signEnvelope } from '../../protocol/envelope.js';
import { NodeKey } from '../../protocol/node-key.js';
import type { LedgerEntry, LedgerReport } from '../../storage/ledger.js';
import { MemoryLedger } from '../../storage/memory/memory-ledger.js';
import { DigestTree } from './digest-tree.js';
import { LedgerIndex } from './ledger-index.js';
import { answerDigest, answerPull } from './ledger-reader.js';
import { viewOfOrigin, wholeView } from './ledger-view.js';
import { type DigestAsk, digestAskSchema, type Push, type PushOutcome, pullSchema } from './messages.js';
import { type CatchUp, missingFrom, type Reconciled, reconcile, unknownFrom } from './reconciliation.js';

const TODAY = '2026-11-22';
const signer = NodeKey.generate();
const idOf = (number: number) => createHash('sha256').update(`node ${number}`).digest('base64url');
const sketch = new Uint8Array(Buffer.from('HYLL stands for a sketch of some origin'));

/** A report as it lies in a ledger; its signature is nobody's business here. */
function reportOf(node: number, back: number, seq: number): LedgerReport {
  const [origin, day] = [idOf(node), addDays(TODAY, -back)];
  const report = { origin, day, seq, sketches: {} } as LedgerReport['report'];
  const envelope = signEnvelope('report', report, signer);
  return { origin, day, seq, reportId: envelopeId(envelope), envelope, report, receivedAtMs: 0 };
}

async function keep(ledger: MemoryLedger, report: LedgerReport): Promise<void> {
  const { origin, day, seq } = report;
  const bytes = new Map(Object.values(report.report.sketches).map((digest) => [digest, sketch]));
  const rule = { rule: 'accepted', verdict: 'count', by: 'rule', atMs: 0 } as const;
  await ledger.store(report, bytes, { origin, day, seq, ...rule });
}

/** Two ledgers and the calls between them. */
class Pair {
  readonly calls: string[] = [];
  readonly progress: CatchUp[] = [];
  readonly here = new MemoryLedger();
  readonly there = new MemoryLedger();
  private readonly byEnvelope = new Map<string, LedgerReport>();

  async fill(ledger: MemoryLedger, reports: readonly LedgerReport[]): Promise<void> {
    for (const report of reports) {
      this.sign(report);
      await keep(ledger, report);
    }
  }

  /** Makes the envelope one that `receive` knows. */
  sign(report: LedgerReport): void {
    this.byEnvelope.set(report.envelope, report);
  }

  async reconcile(origin: string | null = null, takes = (_origin: string) => true) {
    const view = async (ledger: MemoryLedger, of: string | null | undefined) =>
      of ? viewOfOrigin(ledger, of, TODAY) : wholeView(ledger, () => new LedgerIndex(ledger).tree(TODAY));
    const receive = async (push: Push): Promise<PushOutcome[]> => {
      for (const envelope of push.reports) await keep(this.here, this.byEnvelope.get(envelope)!);
      return push.reports.map(() => ({ outcome: 'accepted', id: '', replaced: null }));
    };
    return reconcile({
      calls: {
        digest: async <T>(_url: string, ask: DigestAsk, schema: z.ZodType<T>) => {
          this.calls.push(ask.ask);
          const asked = digestAskSchema.parse(JSON.parse(JSON.stringify(ask)));
          const answer = await answerDigest(await view(this.there, asked.origin), asked, TODAY);
          expect(JSON.stringify(answer).length).toBeLessThan(65_536);
          return schema.parse(JSON.parse(JSON.stringify(answer)));
        },
        pull: async (_url: string, entries: readonly LedgerEntry[]) => {
          this.calls.push('pull');
          const reports = entries.map(({ origin: of, day, reportId }) => [of, day, reportId]);
          return answerPull(await view(this.there, null), this.there, pullSchema.parse({ reports }));
        },
      },
      url: 'https://there.example',
      view: await view(this.here, origin),
      origin,
      today: TODAY,
      takes,
      hear: () => undefined,
      offer: () => 'all',
      missing: missingFrom,
      receive,
      progress: (catchUp) => this.progress.push(catchUp),
      give: async (reports) => {
        this.calls.push('give');
        for (const report of reports) await keep(this.there, report);
      },
    });
  }

  async roots(): Promise<string[]> {
    const trees = await Promise.all(
      [this.here, this.there].map((ledger) => new LedgerIndex(ledger).tree(TODAY)),
    );
    return trees.map((tree) => tree.root(addDays(TODAY, -62), TODAY));
  }
}

const done = (pulled: number): Reconciled => ({ pulled, unwanted: [], proofs: null });

describe('a reconciliation', () => {
  it('leaves both ledgers with the newest report of every origin and day, whatever each had', async () => {
    const report = fc.record({ node: fc.nat(5), back: fc.nat(3), seq: fc.integer({ min: 1, max: 4 }) });
    const reports = fc.array(report, { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(reports, reports, async (left, right) => {
        const pair = new Pair();
        const made = new Map<string, LedgerReport>();
        const make = ({ node, back, seq }: { node: number; back: number; seq: number }) => {
          const name = `${node} ${back} ${seq}`;
          const known = made.get(name) ?? reportOf(node, back, seq);
          made.set(name, known);
          return known;
        };
        await pair.fill(pair.here, left.map(make));
        await pair.fill(pair.there, right.map(make));
        await pair.reconcile();
        const [here, there] = await pair.roots();
        expect(here).toBe(there);
        const all = DigestTree.of([...left, ...right].map(make));
        expect(here).toBe(all.root(addDays(TODAY, -62), TODAY));
      }),
      { numRuns: 30 },
    );
  });

  it('is one small call between nodes that are in step', async () => {
    const pair = new Pair();
    const reports = [reportOf(1, 0, 1), reportOf(2, 3, 1)];
    await pair.fill(pair.here, reports);
    await pair.fill(pair.there, reports);
    expect(await pair.reconcile()).toEqual(done(0));
    expect(pair.calls).toEqual(['root']);
  });

  it('fetches a week that was missed in a handful of calls', async () => {
    const pair = new Pair();
    const week = [1, 2, 3, 4, 5].flatMap((node) =>
      [0, 1, 2, 3, 4, 5, 6].map((back) => reportOf(node, back, 1)),
    );
    await pair.fill(pair.there, week);
    expect(await pair.reconcile()).toEqual(done(35));
    expect(pair.calls).toEqual(['root', 'days', 'entries', 'pull']);
  });

  it('looks only into the buckets that differ where a day is large', async () => {
    const pair = new Pair();
    const large = Array.from({ length: 900 }, (_, node) => reportOf(node, 1, 1));
    await pair.fill(pair.here, large);
    await pair.fill(pair.there, [...large, reportOf(7, 1, 2), reportOf(1000, 1, 1)]);
    expect(await pair.reconcile()).toEqual(done(2));
    expect(pair.calls).toEqual(['root', 'days', 'buckets', 'entries', 'pull']);
    const [here, there] = await pair.roots();
    expect(here).toBe(there);
  });

  it('brings an empty node all of a large day, page by page', async () => {
    const pair = new Pair();
    await pair.fill(
      pair.there,
      Array.from({ length: 900 }, (_, node) => reportOf(node, 0, 1)),
    );
    expect(await pair.reconcile()).toEqual(done(900));
    expect(pair.calls.filter((call) => call === 'entries').length).toBeLessThan(6);
  });

  it('says how far it has come: days that are done, of those that differ, and reports that came in', async () => {
    const pair = new Pair();
    const day = (back: number, count: number) =>
      Array.from({ length: count }, (_, node) => reportOf(node, back, 1));
    const same = day(3, 10);
    await pair.fill(pair.here, same);
    await pair.fill(pair.there, [...same, ...day(2, 250), ...day(1, 250), ...day(0, 250)]);
    await pair.reconcile();
    const steps = pair.progress.map(({ daysDone, days, reports }) => [daysDone, days, reports]);
    expect(steps).toEqual([
      ...[0, 200, 250].map((reports) => [0, 3, reports]),
      ...[250, 450, 500].map((reports) => [1, 3, reports]),
      ...[500, 700, 750].map((reports) => [2, 3, reports]),
    ]);
  });

  it('is done with a day of many parts when the last of them is', async () => {
    const pair = new Pair();
    const large = Array.from({ length: 900 }, (_, node) => reportOf(node, 1, 1));
    await pair.fill(pair.there, [...large, reportOf(1, 0, 1)]);
    await pair.reconcile();
    const reportsBy = (daysDone: number) =>
      pair.progress.filter((step) => step.daysDone === daysDone).map(({ reports }) => reports);
    expect(new Set(pair.progress.map(({ days }) => days))).toEqual(new Set([2]));
    expect(reportsBy(0)).toEqual([...reportsBy(0)].sort((a, b) => a - b));
    expect([reportsBy(0).at(0), reportsBy(0).at(-1)]).toEqual([0, 900]);
    expect(reportsBy(1)).toEqual([900, 901]);
  });

  it('says nothing of progress between nodes that are in step', async () => {
    const pair = new Pair();
    const reports = [reportOf(1, 0, 1)];
    for (const ledger of [pair.here, pair.there]) await pair.fill(ledger, reports);
    await pair.reconcile();
    expect(pair.progress).toEqual([]);
  });

  it('fetches a held report and the counted one beside it, the counted one first', async () => {
    const pair = new Pair();
    const [counted, held] = [reportOf(1, 0, 1), reportOf(1, 0, 2)];
    await pair.fill(pair.there, [counted]);
    const { origin, day, seq } = held;
    pair.sign(held);
    await pair.there.store(held, new Map(), {
      ...{ origin, day, seq, rule: 'jump', verdict: 'hold', by: 'rule', atMs: 0 },
    });
    const received: number[] = [];
    const store = pair.here.store.bind(pair.here);
    pair.here.store = async (report, sketches, decision) => {
      received.push(report.seq);
      await store(report, sketches, decision);
    };
    await pair.reconcile();
    expect(received).toEqual([1, 2]);
  });

  it('asks for nothing of origins that are not taken here, and names what it left', async () => {
    const pair = new Pair();
    await pair.fill(pair.there, [reportOf(1, 0, 1), reportOf(2, 0, 1)]);
    const reconciled = await pair.reconcile(null, (origin) => origin === idOf(1));
    expect(reconciled).toMatchObject({ pulled: 1, unwanted: [{ origin: idOf(2) }] });
  });

  it('compares the reports of one origin alone, as a member of a hub does', async () => {
    const pair = new Pair();
    await pair.fill(pair.here, [reportOf(1, 0, 2)]);
    await pair.fill(pair.there, [reportOf(1, 0, 1), reportOf(2, 0, 1)]);
    expect(await pair.reconcile(idOf(1))).toEqual(done(0));
    expect(pair.calls).toEqual(['root', 'days', 'entries', 'give']);
    expect((await pair.there.slot(idOf(1), TODAY))?.accepted.seq).toBe(2);
    expect(await pair.here.slot(idOf(2), TODAY)).toBeNull();
  });

  it('sees another report under a number that it knows, which proves that its origin told two stories', () => {
    const [mine, other] = [reportOf(1, 0, 1), reportOf(1, 0, 1)];
    const twin = { ...other, reportId: 'f'.repeat(64) };
    expect(missingFrom([mine], [twin])).toEqual([twin]);
    expect(missingFrom([mine], [mine])).toEqual([]);
    expect(missingFrom([reportOf(1, 0, 2)], [mine])).toEqual([]);
  });

  it('pulls no more of an origin’s day than can stand there, whatever the other side lists', async () => {
    const pulled: LedgerEntry[] = [];
    const listed = Array.from({ length: 300 }, (_, index) => [
      TODAY,
      idOf(1),
      index + 1,
      envelopeId(reportOf(1, 0, index + 1).envelope),
    ]);
    const answers: Record<string, object> = {
      root: { root: '0'.repeat(64) },
      days: { days: [[TODAY, '0'.repeat(32), 1]] },
      entries: { entries: listed, rest: false },
    };
    const ledger = new MemoryLedger();
    await reconcile({
      calls: {
        digest: async <T>(_url: string, ask: DigestAsk, schema: z.ZodType<T>) =>
          schema.parse(answers[ask.ask]),
        pull: async (_url: string, entries: readonly LedgerEntry[]) => {
          pulled.push(...entries);
          return { reports: [], sketches: {}, answered: entries.length };
        },
      },
      ...{
        url: 'https://there.example',
        view: viewOfOrigin(ledger, idOf(1), TODAY),
        origin: idOf(1),
        today: TODAY,
      },
      ...{
        takes: () => true,
        missing: unknownFrom,
        hear: () => undefined,
        offer: () => 'none',
        isThorough: true,
      },
      receive: async () => [],
      give: async () => undefined,
    });
    expect(pulled).toHaveLength(2);
  });

  it('cuts an answer at a mebibyte, and brings the rest with the next', async () => {
    const pair = new Pair();
    const reports = Array.from({ length: 120 }, (_, node) => reportOf(node, 0, 1));
    for (const report of reports) report.envelope += ' '.repeat(10_000);
    await pair.fill(pair.there, reports);
    expect(await pair.reconcile()).toEqual(done(120));
    expect(pair.calls.filter((call) => call === 'pull')).toHaveLength(2);
  });
});
