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
  const past = report.uniques > thresholds.jumpFloor ? await pastOf(report, ledger, thresholds) : NOTHING;
  const today = counted ? await releasedToday(counted, ledger, thresholds) : [];
  return {
    report,
    counted: counted?.report ?? null,
    sketchOf: (digest) => sketches.get(digest) ?? null,
    history: [...past.history, ...today],
    released: Math.max(past.released, ...today.map(({ uniques }) => uniques)),
  };
}

const NOTHING: Pick<Evidence, 'history' | 'released'> = { history: [], released: 0 };

async function pastOf(
  { origin, day }: LedgerReport['report'],
  ledger: Ledger,
  { jumpFloor }: Thresholds,
): Promise<Pick<Evidence, 'history' | 'released'>> {
  const lastMeasured = addDays(day, -JUMP_DAYS.from);
  const history: Measures = [];
  let released = 0;
  for (const { counted } of await ledger.slotsOf(origin, addDays(day, -JUMP_DAYS.to), addDays(day, -1))) {
    if (!counted) continue;
    const { uniques } = counted.report;
    const isMeasured = counted.day <= lastMeasured;
    if (isMeasured) history.push({ day: counted.day, uniques });
    // A release of fewer people than the floor changes nothing for later weeks.
    if (isMeasured && uniques <= jumpFloor) continue;
    const releases = await releasesOf(counted, ledger);
    if (!isMeasured && releases.ofDay !== null) history.push({ day: counted.day, uniques: releases.ofDay });
    released = Math.max(released, releases.ofDay ?? 0, releases.most);
  }
  return { history, released };
}

/** A day goes on after a person released a report of it. Where it can't matter, nothing is read. */
async function releasedToday(
  counted: LedgerReport,
  ledger: Ledger,
  { jumpFactor, jumpFloor }: Thresholds,
): Promise<Measures> {
  if (counted.report.uniques * jumpFactor <= jumpFloor) return [];
  const { ofDay } = await releasesOf(counted, ledger);
  return ofDay === null ? [] : [{ day: counted.day, uniques: ofDay }];
}

/**
 * How many people a person let count: of the day, whatever it has grown to since, null when nobody did; and of any day
 * until then, as far as was known when it was judged, 0 when nobody did.
 */
async function releasesOf(
  { origin, day, seq, report }: LedgerReport,
  ledger: Ledger,
): Promise<{ ofDay: number | null; most: number }> {
  const decision = await ledger.decision(origin, day, seq);
  const { released, mostReleased = 0 } = decision?.evidence ?? {};
  return {
    ofDay: released ?? (decision?.rule === 'person' ? report.uniques : null),
    most: mostReleased,
  };
}
