import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EntityManager, type FindOptionsWhere, In } from 'typeorm';
import type { Decision, LedgerReport } from '../ledger.js';
import { settle } from '../ledger-slots.js';
import { DecisionRows } from './rows/decision-row.js';
import { type ReportRow, ReportRows } from './rows/report-row.js';
import { MentionRows, SketchRows } from './rows/sketch-row.js';
import { rowOf } from './stored-report.js';

/** How many reports are forgotten between two breaths of the node. */
const FORGOTTEN_AT_ONCE = 100;

type SlotRow = Pick<ReportRow, 'id' | 'seq' | 'reportId' | 'isCounted'>;

/** A row that has not been inserted yet. */
const NEW_ROW = 0;

/** Puts the report where it belongs. Answers its row, and the rows that no longer stand; null when it is older. */
export async function placeReport(
  rows: EntityManager,
  report: LedgerReport,
  isCounted: boolean,
): Promise<{ id: number; fallen: number[] } | null> {
  const { origin, day, seq, reportId } = report;
  const select = { id: true, seq: true, reportId: true, isCounted: true };
  const standing = await rows.find(ReportRows, { select, where: { origin, day } });
  const twin = standing.find((row) => row.seq === seq);
  const settled = settle<SlotRow>(standing, { id: twin?.id ?? NEW_ROW, seq, reportId, isCounted });
  const placed = settled.find((row) => row.seq === seq && row.reportId === reportId);
  if (placed === undefined) return null;
  const fallen = standing.filter((row) => !settled.some(({ id }) => id === row.id)).map(({ id }) => id);
  if (twin === undefined) return { id: await insertReport(rows, report, isCounted), fallen };
  if (placed.isCounted !== twin.isCounted)
    await rows.update(ReportRows, { id: twin.id }, { isCounted: true });
  return { id: twin.id, fallen };
}

/** Adds what the report names of the sketches. One that is there already has the same bytes: its name is their digest. */
export async function addSketches(
  rows: EntityManager,
  report: number,
  named: LedgerReport,
  sketches: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const digests = [...new Set(Object.values(named.report.sketches))];
  if (digests.length === 0) return;
  const mentions = digests.map((digest) => ({ report, digest }));
  await rows.createQueryBuilder().insert().into(MentionRows).values(mentions).orIgnore().execute();
  const delivered = digests.flatMap((digest) => {
    const bytes = sketches.get(digest);
    return bytes === undefined ? [] : [{ digest, bytes }];
  });
  if (delivered.length === 0) return;
  await rows.createQueryBuilder().insert().into(SketchRows).values(delivered).orIgnore().execute();
}

/** Keeps the decision unless a later one about the same report is there. */
export async function keepDecision(rows: EntityManager, report: number, decision: Decision): Promise<void> {
  const { rule, verdict, by: decidedBy, atMs: decidedAtMs, evidence = null } = decision;
  const kept = await rows.findOneBy(DecisionRows, { report });
  if (kept !== null && kept.decidedAtMs > decidedAtMs) return;
  const row = { report, rule, verdict, decidedBy, decidedAtMs, evidence };
  await rows.upsert(DecisionRows, row, ['report']);
}

/** Forgets the reports, their decisions, and the sketches that no other report names. */
export async function forgetReports(rows: EntityManager, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const mentions = await rows.findBy(MentionRows, { report: In(ids) });
  await rows.delete(ReportRows, { id: In(ids) });
  if (mentions.length === 0) return;
  await rows
    .createQueryBuilder()
    .delete()
    .from(SketchRows)
    .where({ digest: In(mentions.map(({ digest }) => digest)) })
    .andWhere('NOT EXISTS (SELECT 1 FROM sketch_mentions m WHERE m.digest = sketches.digest)')
    .execute();
}

/** Forgets all reports that fit, a few at a time. Answers how many (origin, day) they were. */
export async function forgetAll(rows: EntityManager, where: FindOptionsWhere<ReportRow>): Promise<number> {
  const select = { id: true, day: true, origin: true };
  const order = { day: 'ASC', origin: 'ASC' } as const;
  let slots = 0;
  let last: Pick<ReportRow, 'day' | 'origin'> | undefined;
  for (;;) {
    const doomed = await rows.find(ReportRows, { select, where, order, take: FORGOTTEN_AT_ONCE });
    for (const row of doomed) {
      if (row.day !== last?.day || row.origin !== last.origin) slots += 1;
      last = row;
    }
    await forgetReports(
      rows,
      doomed.map(({ id }) => id),
    );
    if (doomed.length < FORGOTTEN_AT_ONCE) return slots;
    await nextTurn();
  }
}

async function insertReport(rows: EntityManager, report: LedgerReport, isCounted: boolean): Promise<number> {
  const inserted = await rows.insert(ReportRows, rowOf(report, isCounted));
  return inserted.identifiers[0]!.id as number;
}
