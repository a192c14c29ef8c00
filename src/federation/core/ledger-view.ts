import { addDays, type Day } from '../../clock/day.js';
import type { Ledger, LedgerEntry, LedgerSlot } from '../../storage/ledger.js';
import { bucketOf, DigestTree, prefixOfBucket } from './digest-tree.js';
import { DIGEST_DAYS } from './messages.js';

/** As much of a ledger as a caller may read, or as two nodes compare: all of it, or one origin's reports. */
export interface LedgerView {
  tree(): Promise<DigestTree>;
  /** What stands on a day in these buckets, or in all, ordered by origin, then seq. */
  entries(day: Day, buckets?: readonly number[]): Promise<LedgerEntry[]>;
  /** Null for an origin that is not in the view. */
  slot(origin: string, day: Day): Promise<LedgerSlot | null>;
}

/** The days that digests are about. */
export function digestDays(today: Day): { from: Day; to: Day } {
  return { from: addDays(today, 1 - DIGEST_DAYS), to: today };
}

export function wholeView(ledger: Ledger, tree: () => Promise<DigestTree>): LedgerView {
  return {
    tree,
    entries: (day, buckets) => (buckets ? entriesOfBuckets(ledger, day, buckets) : ledger.entries(day)),
    slot: (origin, day) => ledger.slot(origin, day),
  };
}

/** What some of the origins have reported: those of a hub below, on both sides. */
export function viewOfOrigins(
  ledger: Ledger,
  tree: () => Promise<DigestTree>,
  origins: ReadonlySet<string>,
): LedgerView {
  const whole = wholeView(ledger, tree);
  return {
    tree: async () => (await tree()).only(origins),
    entries: async (day, buckets) =>
      (await whole.entries(day, buckets)).filter(({ origin }) => origins.has(origin)),
    slot: async (origin, day) => (origins.has(origin) ? ledger.slot(origin, day) : null),
  };
}

export function viewOfOrigin(ledger: Ledger, origin: string, today: Day): LedgerView {
  const { from, to } = digestDays(today);
  return {
    tree: async () => DigestTree.of(await ledger.entriesOf(origin, from, to)),
    entries: async (day, buckets) =>
      buckets && !buckets.includes(bucketOf(origin)) ? [] : ledger.entries(day, origin),
    slot: async (asked, day) => (asked === origin ? ledger.slot(origin, day) : null),
  };
}

async function entriesOfBuckets(
  ledger: Ledger,
  day: Day,
  buckets: readonly number[],
): Promise<LedgerEntry[]> {
  const wanted = new Set(buckets);
  const entries: LedgerEntry[] = [];
  for (const prefix of new Set(buckets.map(prefixOfBucket))) {
    for (const entry of await ledger.entries(day, prefix))
      if (wanted.has(bucketOf(entry.origin))) entries.push(entry);
  }
  return entries.sort((a, b) => (a.origin === b.origin ? a.seq - b.seq : a.origin < b.origin ? -1 : 1));
}
