import { addDays } from '../../../clock/day.js';
import { decodeHyll } from '../../../sketch/hyll.js';
import type { Sketch } from '../../../sketch/sketch.js';
import type { Ledger, LedgerReport } from '../../../storage/ledger.js';
import type { Evidence } from './evidence.js';
import { JUMP_DAYS, type Thresholds } from './thresholds.js';

/**
 * What the rules look at, read from the ledger: no more than they need, since it is read for every report.
 *
 * @param delivered Canonical HYLL bytes by digest, as they came with the report.
 */
export async function gatherEvidence(
  { report }: LedgerReport,
  counted: LedgerReport | null,
  delivered: ReadonlyMap<string, Uint8Array>,
  ledger: Ledger,
  thresholds: Thresholds,
): Promise<Evidence> {
  const sketches = new Map<string, Sketch>();
  for (const [digest, bytes] of delivered) sketches.set(digest, decodeHyll(bytes));
  for (const [keyName, digest] of Object.entries(counted?.report.sketches ?? {})) {
    if (report.sketches[keyName] === undefined || sketches.has(digest)) continue;
    const bytes = await ledger.sketch(digest);
    if (bytes) sketches.set(digest, decodeHyll(bytes));
  }
  const canJump = report.uniques > thresholds.jumpFloor;
  return {
    report,
    counted: counted?.report ?? null,
    sketchOf: (digest) => sketches.get(digest) ?? null,
    history: canJump ? await historyOf(report, ledger) : [],
  };
}

async function historyOf(
  { origin, day }: LedgerReport['report'],
  ledger: Ledger,
): Promise<Evidence['history']> {
  const lastMeasured = addDays(day, -JUMP_DAYS.from);
  const history: { day: string; uniques: number }[] = [];
  for (const { counted } of await ledger.slotsOf(origin, addDays(day, -JUMP_DAYS.to), addDays(day, -1))) {
    if (!counted) continue;
    const isMeasure =
      counted.day <= lastMeasured ||
      (await ledger.decision(origin, counted.day, counted.seq))?.rule === 'person';
    if (isMeasure) history.push({ day: counted.day, uniques: counted.report.uniques });
  }
  return history;
}
