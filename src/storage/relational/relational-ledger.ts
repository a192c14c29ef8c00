import { setImmediate as nextTurn } from 'node:timers/promises';
import { In } from 'typeorm';
import type { Day } from '../../clock/day.js';
import type { Decision, Ledger, LedgerEntry, LedgerReport, LedgerSlot, Verdict } from '../ledger.js';
import { byOriginAndDay, slotOf } from '../ledger-slots.js';
import { asJson } from './column-types.js';
import { type BareReportRow, ledgerStatements } from './ledger-statements.js';
import { forgetOldest, forgetOrigin, storeReport } from './ledger-writes.js';
import type { RelationalDatabase } from './relational-database.js';
import { bySlot, reportPages } from './report-pages.js';
import { type DecisionRow, DecisionRows } from './rows/decision-row.js';
import type { ReportRow } from './rows/report-row.js';
import { asStored, digestBytes, isDigest } from './sketch-columns.js';
import { REPORT_COLUMNS, reportOf } from './stored-report.js';

/** Sorts after every character of a node id. */
const AFTER_ANY_ID = '~';
/** Reading so many takes a few milliseconds. More than two, or a page would not get past an origin. */
const ENTRIES_AT_ONCE = 1000;
/** Reports that are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 50;

/** What is asked for every report goes past TypeORM: its statements cost ten times as much. */
export class RelationalLedger implements Ledger {
  constructor(private readonly database: RelationalDatabase) {}

  slot(origin: string, day: Day): Promise<LedgerSlot | null> {
    return this.database.look((database) =>
      slotOfRows(ledgerStatements(database).slot.all(day, origin).map(flagged)),
    );
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

  slotsOf(origin: string, from: Day, to: Day): Promise<LedgerSlot[]> {
    return this.database.look((database) => {
      const found = ledgerStatements(database).slotsOf.all(origin, from, to).map(flagged);
      return bySlot(found).map((standing) => slotOfRows(standing)!);
    });
  }

  /** Page by page: a day of a large hub takes longer to read than the node may be held up. */
  async entries(day: Day, prefix = ''): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    let from = prefix;
    for (;;) {
      const page = await this.database.look((database) =>
        ledgerStatements(database).entries.all(day, from, `${prefix}${AFTER_ANY_ID}`, ENTRIES_AT_ONCE),
      );
      entries.push(...page);
      const last = page.at(-1);
      if (page.length < ENTRIES_AT_ONCE || !last) return entries;
      // The last origin's second report may be on the next page: it begins with that origin again.
      while (entries.at(-1)?.origin === last.origin) entries.pop();
      from = last.origin;
      await nextTurn();
    }
  }

  entriesOf(origin: string, from: Day, to: Day): Promise<LedgerEntry[]> {
    return this.database.look((database) => ledgerStatements(database).entriesOf.all(origin, from, to));
  }

  store(report: LedgerReport, sketches: ReadonlyMap<string, Uint8Array>, decision: Decision): Promise<void> {
    return this.database.change((database) => storeReport(database, { report, sketches, decision }));
  }

  async sketch(digest: string): Promise<Uint8Array | null> {
    if (!isDigest(digest)) return null;
    const name = digestBytes(digest);
    const stored = await this.database.look((database) => ledgerStatements(database).sketch.get(name));
    return stored ? asStored.from(stored) : null;
  }

  decision(origin: string, day: Day, seq: number): Promise<Decision | null> {
    return this.database.look((database) => {
      const kept = ledgerStatements(database).decision.get(day, origin, seq);
      if (!kept) return null;
      const evidence = asJson.from(kept.evidence);
      return decisionOf({ origin, day, seq }, { ...kept, verdict: kept.verdict as Verdict, evidence });
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

  removeOrigin(origin: string, day?: Day): Promise<void> {
    return this.database.change((database) => forgetOrigin(database, origin, day));
  }

  /** A few at a time: a day of a large hub is ten thousand reports, and others wait for their turn. */
  async prune(firstDay: Day): Promise<number> {
    const slots = new Set<string>();
    for (;;) {
      const forgotten = await this.database.change((database) =>
        forgetOldest(database, firstDay, FORGOTTEN_AT_ONCE),
      );
      for (const slot of forgotten) slots.add(slot);
      if (forgotten.length < FORGOTTEN_AT_ONCE) return slots.size;
    }
  }
}

function decisionOf(
  { origin, day, seq }: Pick<ReportRow, 'origin' | 'day' | 'seq'>,
  { rule, verdict, decidedBy: by, decidedAtMs: atMs, evidence }: Omit<DecisionRow, 'report'>,
): Decision {
  return { origin, day, seq, rule, verdict, by, atMs, ...(evidence && { evidence }) };
}

function slotOfRows(standing: readonly Omit<ReportRow, 'id'>[]): LedgerSlot | null {
  return slotOf(standing.map((row) => ({ report: reportOf(row), isCounted: row.isCounted })));
}

function flagged(row: BareReportRow): Omit<ReportRow, 'id'> {
  return { ...row, isCounted: row.isCounted === 1 };
}
