import { type Day, daysFromTo } from '../../clock/day.js';
import type { Ledger, LedgerEntry } from '../../storage/ledger.js';
import { DigestTree } from './digest-tree.js';
import { digestDays } from './ledger-view.js';

/**
 * The digests of the whole ledger, in memory: about 300 bytes a report. Read when they are first asked for, as peers of a
 * mesh and auditors do and members of a hub never, and told of every report that is stored from then on.
 */
export class LedgerIndex {
  private known: DigestTree | null = null;
  private reading: Promise<void> | null = null;
  /** Days that were forgotten while the ledger was read: what was read of them may be from before. */
  private forgotten: { origin: string; day: Day }[] = [];

  constructor(private readonly ledger: Ledger) {}

  /** @param today The last of the days that digests are about. */
  async tree(today: Day): Promise<DigestTree> {
    if (!this.known) {
      this.known = new DigestTree();
      this.reading = this.read(this.known, today);
    }
    const tree = this.known;
    await this.reading;
    return tree;
  }

  note(entry: LedgerEntry): void {
    this.known?.note(entry);
  }

  /** Looks again at what stands of one origin on some days. */
  async reread(origin: string, days: readonly Day[]): Promise<void> {
    if (!this.known) return;
    for (const day of days) noteAll(this.known, await this.ledger.entries(day, origin));
  }

  forget(origin: string, day: Day): void {
    this.known?.forget(origin, day);
    if (this.reading) this.forgotten.push({ origin, day });
  }

  forgetPast(today: Day): void {
    this.known?.forgetBefore(digestDays(today).from);
  }

  /** What is stored meanwhile is noted too: the tree keeps the newest, in whatever order they come. */
  private async read(tree: DigestTree, today: Day): Promise<void> {
    const { from, to } = digestDays(today);
    try {
      for (const day of daysFromTo(from, to)) {
        noteAll(tree, await this.ledger.entries(day));
        // Hashes are made day by day, not all of them for whoever asks first.
        tree.days(day, day);
      }
      for (const { origin, day } of this.forgotten) {
        tree.forget(origin, day);
        noteAll(tree, await this.ledger.entries(day, origin));
      }
    } catch (error) {
      this.known = null;
      throw error;
    } finally {
      this.forgotten = [];
      this.reading = null;
    }
  }
}

function noteAll(tree: DigestTree, entries: readonly LedgerEntry[]): void {
  for (const entry of entries) tree.note(entry);
}
