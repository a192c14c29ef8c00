import type { Day } from '../../clock/day.js';
import { packGrowth } from '../../protocol/sketch-growth.js';
import { packSketch } from '../../protocol/sketch-transfer.js';
import type { Ledger, LedgerReport } from '../../storage/ledger.js';

/** Yesterday, which is closed after midnight, and today. */
const DAYS_MAX = 2;

/** Canonical HYLL bytes by the name of their key. */
type ByKey = ReadonlyMap<string, Uint8Array>;

/** The sketches of our newest days as one peer holds them: where it takes growth, the next ones need not go whole. */
export class GivenSketches {
  private readonly held = new Map<Day, ByKey>();
  private readonly sent = new Map<Day, { reportId: string; sketches: ByKey }>();
  /** What the peer said with its last answer. */
  takesGrowth = false;

  /** The sketches that a report of ours names, as they travel: packed, in base64, by digest. */
  async packed(own: LedgerReport, ledger: Pick<Ledger, 'sketch'>): Promise<Record<string, string>> {
    const packed: Record<string, string> = {};
    const sketches = new Map<string, Uint8Array>();
    const before = this.takesGrowth ? this.held.get(own.day) : undefined;
    for (const [keyName, digest] of Object.entries(own.report.sketches)) {
      const bytes = await ledger.sketch(digest);
      if (!bytes) continue;
      sketches.set(keyName, bytes);
      packed[digest] = Buffer.from(packedSince(before?.get(keyName), bytes)).toString('base64');
    }
    this.sent.set(own.day, { reportId: own.reportId, sketches });
    keepNewest(this.sent);
    return packed;
  }

  /** What was sent with that report now stands there. */
  keep({ day, reportId }: Pick<LedgerReport, 'day' | 'reportId'>): void {
    const sent = this.sent.get(day);
    if (sent?.reportId !== reportId) return;
    this.sent.delete(day);
    this.held.set(day, sent.sketches);
    keepNewest(this.held);
  }

  /** Whatever it holds of that day, it is not what we believed. Answers whether anything was believed. */
  forget({ day }: Pick<LedgerReport, 'day'>): boolean {
    return this.held.delete(day);
  }
}

/** What grew, or the whole sketch where that is not longer. */
function packedSince(base: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  const packed = packSketch(bytes);
  const growth = base ? packGrowth(base, bytes) : null;
  return growth && growth.length < packed.length ? growth : packed;
}

function keepNewest(days: Map<Day, unknown>): void {
  for (const old of [...days.keys()].sort().slice(0, -DAYS_MAX)) days.delete(old);
}
