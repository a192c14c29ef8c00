import { Between, In, LessThan } from 'typeorm';
import type { Day } from '../../clock/day.js';
import type { Decision, Ledger, LedgerEntry, LedgerReport, LedgerSlot } from '../ledger.js';
import { byOriginAndDay, slotOf } from '../ledger-slots.js';
import { addSketches, forgetAll, forgetReports, keepDecision, placeReport } from './ledger-writes.js';
import type { RelationalDatabase } from './relational-database.js';
import { bySlot, reportPages } from './report-pages.js';
import { type DecisionRow, DecisionRows } from './rows/decision-row.js';
import { type ReportRow, ReportRows } from './rows/report-row.js';
import { SketchRows } from './rows/sketch-row.js';
import { isDigest } from './sketch-columns.js';
import { REPORT_COLUMNS, reportOf } from './stored-report.js';

/** Sorts after every character of a node id. */
const AFTER_ANY_ID = '~';

export class RelationalLedger implements Ledger {
  constructor(private readonly database: RelationalDatabase) {}

  async slot(origin: string, day: Day): Promise<LedgerSlot | null> {
    return slotOfRows(await this.database.read((rows) => rows.findBy(ReportRows, { origin, day })));
  }

  async slots(from: Day, to: Day): Promise<LedgerSlot[]> {
    const slots: LedgerSlot[] = [];
    await this.database.snapshot(async (rows) => {
      for await (const page of reportPages(rows, REPORT_COLUMNS, from, to)) {
        for (const standing of bySlot(page)) slots.push(slotOfRows(standing)!);
      }
    });
    return slots.sort((a, b) => byOriginAndDay(a.accepted, b.accepted));
  }

  async slotsOf(origin: string, from: Day, to: Day): Promise<LedgerSlot[]> {
    const where = { origin, day: Between(from, to) };
    const order = { day: 'ASC', seq: 'ASC' } as const;
    const found = await this.database.read((rows) => rows.find(ReportRows, { where, order }));
    return bySlot(found).map((standing) => slotOfRows(standing)!);
  }

  /** Raw rows: TypeORM takes ten times as long to make objects of them. */
  entries(day: Day, prefix = ''): Promise<LedgerEntry[]> {
    return this.database.read((rows) =>
      rows
        .createQueryBuilder(ReportRows, 'report')
        .select(['report.origin AS origin', 'report.day AS day', 'report.seq AS seq'])
        .addSelect('report.report_id', 'reportId')
        .where({ day, origin: Between(prefix, `${prefix}${AFTER_ANY_ID}`) })
        .orderBy({ 'report.origin': 'ASC', 'report.seq': 'ASC' })
        .getRawMany<LedgerEntry>(),
    );
  }

  async store(
    report: LedgerReport,
    sketches: ReadonlyMap<string, Uint8Array>,
    decision: Decision,
  ): Promise<void> {
    await this.database.write(async (rows) => {
      const placed = await placeReport(rows, report, decision.verdict === 'count');
      if (placed === null) return;
      await addSketches(rows, placed.id, report, sketches);
      await keepDecision(rows, placed.id, decision);
      await forgetReports(rows, placed.fallen);
    });
  }

  async sketch(digest: string): Promise<Uint8Array | null> {
    if (!isDigest(digest)) return null;
    const row = await this.database.read((rows) => rows.findOneBy(SketchRows, { digest }));
    return row?.bytes ?? null;
  }

  decision(origin: string, day: Day, seq: number): Promise<Decision | null> {
    return this.database.read(async (rows) => {
      const report = await rows.findOne(ReportRows, { select: { id: true }, where: { origin, day, seq } });
      const kept = report && (await rows.findOneBy(DecisionRows, { report: report.id }));
      return kept && decisionOf({ origin, day, seq }, kept);
    });
  }

  async decisions(from: Day, to: Day): Promise<Decision[]> {
    const decisions: Decision[] = [];
    await this.database.snapshot(async (rows) => {
      for await (const page of reportPages(rows, ['id', 'origin', 'day', 'seq'], from, to)) {
        const reports = new Map(page.map((report) => [report.id, report]));
        const kept = await rows.findBy(DecisionRows, { report: In([...reports.keys()]) });
        for (const row of kept) decisions.push(decisionOf(reports.get(row.report)!, row));
      }
    });
    return decisions.sort(byOriginAndDay);
  }

  async removeOrigin(origin: string, day?: Day): Promise<void> {
    await this.database.write((rows) => forgetAll(rows, { origin, ...(day !== undefined && { day }) }));
  }

  prune(firstDay: Day): Promise<number> {
    return this.database.write((rows) => forgetAll(rows, { day: LessThan(firstDay) }));
  }
}

function decisionOf(
  { origin, day, seq }: Pick<ReportRow, 'origin' | 'day' | 'seq'>,
  { rule, verdict, decidedBy: by, decidedAtMs: atMs, evidence }: DecisionRow,
): Decision {
  return { origin, day, seq, rule, verdict, by, atMs, ...(evidence && { evidence }) };
}

function slotOfRows(standing: readonly Omit<ReportRow, 'id'>[]): LedgerSlot | null {
  return slotOf(standing.map((row) => ({ report: reportOf(row), isCounted: row.isCounted })));
}
