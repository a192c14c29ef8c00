import { addDays, type Day } from '../../../clock/day.js';
import { decodeHyll } from '../../../sketch/hyll.js';
import type { Ledger, LedgerReport } from '../../../storage/ledger.js';
import type { Evidence } from './evidence.js';
import { JudgedSketch } from './judged-sketch.js';
import { JUMP_DAYS, type Thresholds } from './thresholds.js';

type Measures = { day: Day; uniques: number }[];

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
  const sketches = new Map<string, JudgedSketch>();
  for (const [digest, bytes] of delivered) sketches.set(digest, new JudgedSketch(decodeHyll(bytes)));
  for (const [keyName, digest] of Object.entries(counted?.report.sketches ?? {})) {
    if (report.sketches[keyName] === undefined || sketches.has(digest)) continue;
    const bytes = await ledger.sketch(digest);
    if (bytes) sketches.set(digest, new JudgedSketch(decodeHyll(bytes)));
  }
  const canJump = report.uniques > thresholds.jumpFloor;
  return {
    report,
    counted: counted?.report ?? null,
    sketchOf: (digest) => sketches.get(digest) ?? null,
    history: [
      ...(canJump ? await historyOf(report, ledger) : []),
      ...(counted ? await releasedToday(counted, ledger, thresholds) : []),
    ],
  };
}

async function historyOf({ origin, day }: LedgerReport['report'], ledger: Ledger): Promise<Measures> {
  const lastMeasured = addDays(day, -JUMP_DAYS.from);
  const history: Measures = [];
  for (const { counted } of await ledger.slotsOf(origin, addDays(day, -JUMP_DAYS.to), addDays(day, -1))) {
    if (!counted) continue;
    const uniques = counted.day <= lastMeasured ? counted.report.uniques : await releasedOf(counted, ledger);
    if (uniques !== null) history.push({ day: counted.day, uniques });
  }
  return history;
}

/** A day goes on after a person released a report of it. Where it can't matter, nothing is read. */
async function releasedToday(
  counted: LedgerReport,
  ledger: Ledger,
  { jumpFactor, jumpFloor }: Thresholds,
): Promise<Measures> {
  if (counted.report.uniques * jumpFactor <= jumpFloor) return [];
  const uniques = await releasedOf(counted, ledger);
  return uniques === null ? [] : [{ day: counted.day, uniques }];
}

/** How many people of the day a person let count, whatever the day has grown to since; null when nobody did. */
async function releasedOf(
  { origin, day, seq, report }: LedgerReport,
  ledger: Ledger,
): Promise<number | null> {
  const decision = await ledger.decision(origin, day, seq);
  return decision?.evidence?.released ?? (decision?.rule === 'person' ? report.uniques : null);
}
