import type { Database } from 'better-sqlite3';
import type { Day } from '../../clock/day.js';
import type { Decision, LedgerReport } from '../ledger.js';
import { settle } from '../ledger-slots.js';
import { asJson } from './column-types.js';
import { type LedgerStatements, ledgerStatements } from './ledger-statements.js';
import { asDigestBytes, asStored } from './sketch-columns.js';

/** A report with what belongs to it. */
export interface ReportToStore {
  report: LedgerReport;
  /** Canonical HYLL bytes by digest. */
  sketches: ReadonlyMap<string, Uint8Array>;
  decision: Decision;
}

/** A row that has not been inserted yet. */
const NEW_ROW = 0;

/** Puts the report where it belongs, with its sketches and decision; nothing when a newer one stands. */
export function storeReport(database: Database, { report, sketches, decision }: ReportToStore): void {
  const statements = ledgerStatements(database);
  const row = placeReport(statements, report, decision.verdict === 'count');
  if (row === null) return;
  addSketches(statements, row, report, sketches);
  const { rule, verdict, by, atMs, evidence } = decision;
  statements.keepDecision.run(row, rule, verdict, by, atMs, asJson.to(evidence));
}

/** Answers the row; null when the report does not stand. */
function placeReport(statements: LedgerStatements, report: LedgerReport, isCounted: boolean): number | null {
  const { origin, day, seq, reportId } = report;
  const standing = statements.standing
    .all(day, origin)
    .map((row) => ({ ...row, isCounted: row.isCounted === 1 }));
  const twin = standing.find((row) => row.seq === seq);
  const settled = settle(standing, { id: twin?.id ?? NEW_ROW, seq, reportId, isCounted });
  const placed = settled.find((row) => row.seq === seq && row.reportId === reportId);
  if (placed === undefined) return null;
  const fallen = standing.filter((row) => !settled.some(({ id }) => id === row.id)).map(({ id }) => id);
  if (twin !== undefined) {
    if (placed.isCounted !== twin.isCounted) statements.countReport.run(twin.id);
    for (const id of fallen) forgetReport(statements, id);
    return twin.id;
  }
  const [replaced, ...others] = fallen;
  for (const id of others) forgetReport(statements, id);
  return replaced === undefined
    ? insertReport(statements, report, isCounted)
    : replaceReport(statements, replaced, report, isCounted);
}

function insertReport(statements: LedgerStatements, report: LedgerReport, isCounted: boolean): number {
  const { origin, day, seq, reportId, envelope, receivedAtMs } = report;
  const flag = Number(isCounted);
  const { lastInsertRowid } = statements.insertReport.run(
    ...[origin, day, seq, reportId, envelope, receivedAtMs, flag],
  );
  return Number(lastInsertRowid);
}

/** In the row of the report that falls: the pages that most of the indices are on stay as they are. */
function replaceReport(
  statements: LedgerStatements,
  row: number,
  report: LedgerReport,
  isCounted: boolean,
): number {
  const { seq, reportId, envelope, receivedAtMs } = report;
  statements.replaceReport.run(seq, reportId, envelope, receivedAtMs, Number(isCounted), row);
  statements.deleteDecision.run(row);
  const named = new Set(Object.values(report.report.sketches));
  for (const digest of statements.mentions.all(row)) {
    if (named.has(asDigestBytes.from(digest))) continue;
    statements.unmention.run(row, digest);
    statements.deleteSketch.run(digest);
  }
  return row;
}

/** Adds what the report names of the sketches. One that is there already has the same bytes: its name is their digest. */
function addSketches(
  statements: LedgerStatements,
  row: number,
  { report }: LedgerReport,
  sketches: ReadonlyMap<string, Uint8Array>,
): void {
  for (const digest of new Set(Object.values(report.sketches))) {
    const name = asDigestBytes.to(digest);
    statements.mention.run(row, name);
    const bytes = sketches.get(digest);
    if (bytes) statements.insertSketch.run(name, asStored.to(bytes));
  }
}

/** With its decision, and the sketches that no other report names. */
function forgetReport(statements: LedgerStatements, id: number): void {
  const digests = statements.mentions.all(id);
  statements.deleteReport.run(id);
  for (const digest of digests) statements.deleteSketch.run(digest);
}

/** All days of an origin, or one. */
export function forgetOrigin(database: Database, origin: string, day?: Day): void {
  const statements = ledgerStatements(database);
  const doomed = day === undefined ? statements.ofOrigin.all(origin) : statements.standing.all(day, origin);
  for (const { id } of doomed) forgetReport(statements, id);
}

/** Forgets the oldest reports of before a day, so many at most. Answers which (origin, day) they were. */
export function forgetOldest(database: Database, firstDay: Day, reportsMax: number): string[] {
  const statements = ledgerStatements(database);
  return statements.oldest.all(firstDay, reportsMax).map(({ id, day, origin }) => {
    forgetReport(statements, id);
    return `${day} ${origin}`;
  });
}
