import type { LedgerReport, LedgerSlot } from './ledger.js';

/** A report of one (origin, day) as far as the slots care. */
export interface SlotEntry {
  seq: number;
  reportId: string;
  isCounted: boolean;
}

/**
 * The reports of one (origin, day) that stand after another one arrived: the one with the highest seq, which
 * is the accepted one, and the counted one with the highest seq. Two at most, and often the same.
 *
 * Both slots are maxima, so the outcome does not depend on the order in which reports arrive: two requests
 * that bring the same origin's reports at the same time can't put the older one on top. Being counted is
 * never taken back here; a later decision says so beside the ledger. Two reports with one seq are an
 * equivocation that acceptance refuses; the one that stands stays.
 */
export function settle<Entry extends SlotEntry>(standing: readonly Entry[], arriving: Entry): Entry[] {
  const twin = standing.find((entry) => entry.seq === arriving.seq);
  if (twin !== undefined && twin.reportId !== arriving.reportId) return [...standing];
  const settled = { ...arriving, isCounted: arriving.isCounted || twin?.isCounted === true };
  const all = [...standing.filter((entry) => entry !== twin), settled];
  const accepted = newest(all);
  const counted = newest(all.filter((entry) => entry.isCounted));
  return all.filter((entry) => entry === accepted || entry === counted);
}

/** The slot that the standing reports of one (origin, day) make up; null when there are none. */
export function slotOf(standing: readonly { report: LedgerReport; isCounted: boolean }[]): LedgerSlot | null {
  const accepted = newest(standing.map((entry) => entry.report));
  if (accepted === null) return null;
  const counted = newest(standing.filter((entry) => entry.isCounted).map((entry) => entry.report));
  return { accepted, counted };
}

/** By origin, then day, then seq, as text compares: the order of every list that a ledger answers. */
export function byOriginAndDay(a: SlotKey, b: SlotKey): number {
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  return a.seq - b.seq;
}

type SlotKey = Pick<LedgerReport, 'origin' | 'day' | 'seq'>;

function newest<Entry extends { seq: number }>(entries: readonly Entry[]): Entry | null {
  return entries.reduce<Entry | null>(
    (best, entry) => (best === null || entry.seq > best.seq ? entry : best),
    null,
  );
}
