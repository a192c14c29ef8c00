import type { Day } from '../../clock/day.js';
import { daysFromTo } from '../../clock/day.js';
import type { Ledger, LedgerEntry } from '../../storage/ledger.js';
import { DigestTree } from './digest-tree.js';
import { digestDays } from './ledger-view.js';

/**
 * The digests of the whole ledger, kept in memory: about 150 bytes a report. Read once at the start, and told of
 * every report that is stored.
 */
export class LedgerIndex {
  private constructor(
    private readonly ledger: Ledger,
    readonly tree: DigestTree,
  ) {}

  static async read(ledger: Ledger, today: Day): Promise<LedgerIndex> {
    const index = new LedgerIndex(ledger, new DigestTree());
    const { from, to } = digestDays(today);
    for (const day of daysFromTo(from, to)) index.noteAll(await ledger.entries(day));
    return index;
  }

  note(entry: LedgerEntry): void {
    this.tree.note(entry);
  }

  /** Looks again at what stands of one origin on some days. */
  async reread(origin: string, days: readonly Day[]): Promise<void> {
    for (const day of days) this.noteAll(await this.ledger.entries(day, origin));
  }

  forget(origin: string, day: Day): void {
    this.tree.forget(origin, day);
  }

  forgetPast(today: Day): void {
    this.tree.forgetBefore(digestDays(today).from);
  }

  private noteAll(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) this.tree.note(entry);
  }
}
