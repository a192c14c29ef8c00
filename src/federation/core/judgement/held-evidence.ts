import { addDays, type Day } from '../../../clock/day.js';
import { decodeHyll } from '../../../sketch/hyll.js';
import { expectedRanks, fitOf } from '../../../sketch/register-law.js';
import { estimateOf, rankCounts } from '../../../sketch/sketch.js';
import type { Ledger, LedgerSlot } from '../../../storage/ledger.js';
import { type Claim, claimOf } from './claim.js';
import type { Finding } from './evidence.js';
import { gatherEvidence } from './gather-evidence.js';
import { findings } from './judge.js';
import { JUMP_DAYS, type Thresholds } from './thresholds.js';

/** Where nothing of a day counts. */
const NOTHING = { uniques: null, low: null, high: null, hits: null };

/** What a person looks at before a held report is released or left. */
export interface HeldEvidence {
  /** Every rule that would hold it now: the one that did is the first. */
  findings: Finding[];
  sketches: SketchEvidence[];
  /** What counts of the days before and of this one, oldest first; null where nothing does. */
  history: ({ day: Day } & { [Figure in keyof Claim]: Claim[Figure] | null })[];
}

/** The registers of a sketch beside what hashes of as many people leave behind. */
export interface SketchEvidence {
  keyName: string;
  estimate: number;
  /** How likely honest registers are to look as odd, 0..1. */
  probability: number;
  /** How many registers have each rank, up to the highest that is there or expected once. */
  ranks: { rank: number; observed: number; expected: number }[];
}

export async function heldEvidence(
  { accepted, counted }: LedgerSlot,
  ledger: Ledger,
  thresholds: Thresholds,
): Promise<HeldEvidence> {
  const delivered = new Map<string, Uint8Array>();
  for (const digest of Object.values(accepted.report.sketches)) {
    const bytes = await ledger.sketch(digest);
    if (bytes) delivered.set(digest, bytes);
  }
  const evidence = await gatherEvidence(accepted, counted, delivered, ledger, thresholds);
  const sketches = Object.entries(accepted.report.sketches).flatMap(([keyName, digest]) => {
    const bytes = delivered.get(digest);
    return bytes ? [sketchEvidence(keyName, bytes)] : [];
  });
  return { findings: findings(evidence, thresholds), sketches, history: await historyOf(accepted, ledger) };
}

function sketchEvidence(keyName: string, bytes: Uint8Array): SketchEvidence {
  const sketch = decodeHyll(bytes);
  const counts = rankCounts(sketch);
  const estimate = estimateOf(counts);
  const expected = expectedRanks(estimate);
  const ranks = [...counts].map((observed, rank) => ({
    ...{ rank, observed },
    expected: Math.round(expected[rank]! * 100) / 100,
  }));
  const last = ranks.findLastIndex((bin) => bin.observed > 0 || bin.expected >= 1);
  return {
    ...{ keyName, estimate: Math.round(estimate), probability: fitOf(sketch, counts).probability },
    ranks: ranks.slice(0, last + 1),
  };
}

async function historyOf({ origin, day }: LedgerSlot['accepted'], ledger: Ledger) {
  const slots = await ledger.slotsOf(origin, addDays(day, -JUMP_DAYS.to), day);
  return slots.map(({ accepted, counted }) => ({
    day: accepted.day,
    ...(counted ? claimOf(counted.report) : NOTHING),
  }));
}
