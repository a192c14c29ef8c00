import type { Database, Statement } from 'better-sqlite3';
import type { LedgerEntry } from '../ledger.js';
import type { ReportRow } from './rows/report-row.js';

/** A row as the driver gives it. */
export type BareReportRow = Omit<ReportRow, 'id' | 'isCounted'> & { isCounted: number };
export type StandingRow = Pick<ReportRow, 'id' | 'seq' | 'reportId'> & { isCounted: number };
export interface BareDecisionRow {
  rule: string;
  verdict: string;
  decidedBy: string;
  decidedAtMs: number;
  evidence: string | null;
}

const REPORT = `origin, day, seq, report_id AS reportId, envelope, received_at_ms AS receivedAtMs,
  is_counted AS isCounted`;
const ENTRY = 'origin, day, seq, report_id AS reportId FROM reports';
const DECISION =
  'rule, verdict, decided_by AS decidedBy, decided_at_ms AS decidedAtMs, evidence FROM decisions';

const prepared = new WeakMap<Database, LedgerStatements>();

/** What runs for every report that comes in, prepared once for a connection. */
export function ledgerStatements(database: Database): LedgerStatements {
  const known = prepared.get(database) ?? prepare(database);
  prepared.set(database, known);
  return known;
}

/** `Get` answers rows of that kind, `Run` changes some. */
type Get<Row> = Statement<unknown[], Row>;
type Run = Statement;

export interface LedgerStatements {
  slot: Get<BareReportRow>;
  slotsOf: Get<BareReportRow>;
  entries: Get<LedgerEntry>;
  entriesOf: Get<LedgerEntry>;
  sketch: Get<Buffer>;
  decision: Get<BareDecisionRow>;
  standing: Get<StandingRow>;
  insertReport: Run;
  replaceReport: Run;
  countReport: Run;
  deleteReport: Run;
  mentions: Get<Buffer>;
  mention: Run;
  unmention: Run;
  insertSketch: Run;
  deleteSketch: Run;
  deleteDecision: Run;
  /** Unless a later one about the same report is there. */
  keepDecision: Run;
  ofOrigin: Get<{ id: number }>;
  oldest: Get<{ id: number; day: string; origin: string }>;
}

function prepare(database: Database): LedgerStatements {
  const get = <Row>(sql: string): Get<Row> => database.prepare(sql);
  const run = (sql: string): Run => database.prepare(sql);
  return {
    slot: get<BareReportRow>(`SELECT ${REPORT} FROM reports WHERE day = ? AND origin = ? ORDER BY seq`),
    slotsOf: get<BareReportRow>(
      `SELECT ${REPORT} FROM reports WHERE origin = ? AND +day BETWEEN ? AND ? ORDER BY day, seq`,
    ),
    entries: get<LedgerEntry>(
      `SELECT ${ENTRY} WHERE day = ? AND origin BETWEEN ? AND ? ORDER BY origin, seq LIMIT ?`,
    ),
    entriesOf: get<LedgerEntry>(
      `SELECT ${ENTRY} WHERE origin = ? AND +day BETWEEN ? AND ? ORDER BY day, seq`,
    ),
    sketch: get<Buffer>('SELECT bytes FROM sketches WHERE digest = ?').pluck(),
    decision: get<BareDecisionRow>(
      `SELECT ${DECISION} WHERE report = (SELECT id FROM reports WHERE day = ? AND origin = ? AND seq = ?)`,
    ),
    standing: get<StandingRow>(
      `SELECT id, seq, report_id AS reportId, is_counted AS isCounted FROM reports
       WHERE day = ? AND origin = ?`,
    ),
    insertReport: run(
      `INSERT INTO reports (origin, day, seq, report_id, envelope, received_at_ms, is_counted)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    replaceReport: run(
      `UPDATE reports SET seq = ?, report_id = ?, envelope = ?, received_at_ms = ?, is_counted = ? WHERE id = ?`,
    ),
    countReport: run('UPDATE reports SET is_counted = 1 WHERE id = ?'),
    deleteReport: run('DELETE FROM reports WHERE id = ?'),
    mentions: get<Buffer>('SELECT digest FROM sketch_mentions WHERE report = ?').pluck(),
    mention: run('INSERT OR IGNORE INTO sketch_mentions (report, digest) VALUES (?, ?)'),
    unmention: run('DELETE FROM sketch_mentions WHERE report = ? AND digest = ?'),
    insertSketch: run('INSERT OR IGNORE INTO sketches (digest, bytes) VALUES (?, ?)'),
    deleteSketch: run(
      `DELETE FROM sketches WHERE digest = ?
       AND NOT EXISTS (SELECT 1 FROM sketch_mentions WHERE sketch_mentions.digest = sketches.digest)`,
    ),
    deleteDecision: run('DELETE FROM decisions WHERE report = ?'),
    keepDecision: run(
      `INSERT INTO decisions (report, rule, verdict, decided_by, decided_at_ms, evidence)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (report) DO UPDATE SET rule = excluded.rule, verdict = excluded.verdict,
         decided_by = excluded.decided_by, decided_at_ms = excluded.decided_at_ms, evidence = excluded.evidence
       WHERE excluded.decided_at_ms >= decisions.decided_at_ms`,
    ),
    ofOrigin: get<{ id: number }>('SELECT id FROM reports WHERE origin = ?'),
    oldest: get<{ id: number; day: string; origin: string }>(
      'SELECT id, day, origin FROM reports WHERE day < ? ORDER BY day, origin LIMIT ?',
    ),
  };
}
