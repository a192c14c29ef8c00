import { addDays, type Day, dayOf } from '../../../clock/day.js';
import { Sketch } from '../../../sketch/sketch.js';
import type { LedgerSlot } from '../../../storage/ledger.js';
import type { OriginRecord } from '../../../storage/ledger-scan.js';
import { mergeableDigest } from '../mergeable-digest.js';
import { isCounted, standingSlots, type TotalQuestion } from '../total-question.js';
import type { Alert, AlertThresholds } from './alert.js';
import { NearCopies } from './near-copies.js';

/** Who searches: this thread, or one of its own. Rejects with StoreUnavailableError. */
export interface NearCopySearch {
  search(question: TotalQuestion, thresholds: AlertThresholds): Promise<Alert[]>;
}

const DAYS = 30;

export function searchedDays({ nowMs }: Pick<TotalQuestion, 'nowMs'>): { from: Day; to: Day } {
  const to = dayOf(nowMs);
  return { from: addDays(to, 1 - DAYS), to };
}

/** Pairs of instances that have nearly the same people in 30 days, of those that count or are on probation. */
export function findNearCopies(
  question: TotalQuestion,
  records: Iterable<OriginRecord>,
  thresholds: AlertThresholds,
): Alert[] {
  const nodes = new Set(question.roster.filter(isCounted).map(({ nodeId }) => nodeId));
  const today = dayOf(question.nowMs);
  const readKey = question.readKeys[today] ?? '';
  const copies = new NearCopies(thresholds);
  for (const { origin, slots, sketchOf } of records) {
    if (!nodes.has(origin)) continue;
    const union = new Sketch();
    for (const digest of digestsOf(slots, question, readKey)) sketchOf(digest)?.raise([union]);
    copies.add(origin, union);
  }
  return copies.find();
}

function* digestsOf(
  slots: readonly LedgerSlot[],
  question: TotalQuestion,
  readKey: string,
): Generator<string> {
  const { from } = searchedDays(question);
  for (const { counted } of standingSlots(slots, question.federation)) {
    if (!counted || counted.day < from) continue;
    const digest = mergeableDigest(counted.report, readKey, question.identity);
    if (digest !== undefined) yield digest;
  }
}
