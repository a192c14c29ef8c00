import type { Clock } from '../../clock/clock.js';
import type { Day } from '../../clock/day.js';
import type { LedgerEntry } from '../../storage/ledger.js';
import type { SettingsStore } from '../../storage/settings-store.js';

/** A report under our name that this node did not issue although it was running: somebody runs a copy of it. */
export interface CloneSighting {
  day: Day;
  reportId: string;
  /** Who holds it, or says that ours took its place. */
  seenAt: string;
  atMs: number;
}

const SETTING = 'clone-sighting';
/** As far as seq may lie from the time of issue, twice: what was said before this start is not told from a clone's. */
const SEQ_LEEWAY_MS = 600_000;
/** More than digests are about. Counted, not dated: a clock that was ahead for a moment would have everything forgotten. */
const DAYS_KNOWN_MAX = 100;

/**
 * Which reports under our name are ours: those that stood in the ledger at the start, those issued since, and those
 * that a neighbour gave back. Any other one is from before the store was lost, or a clone's.
 */
export class OwnHistory {
  private readonly known = new Map<Day, Set<string>>();

  private constructor(
    private readonly settings: SettingsStore,
    private readonly clock: Clock,
    private startedMs: number,
    private sighting: CloneSighting | null,
  ) {}

  static async open(settings: SettingsStore, clock: Clock): Promise<OwnHistory> {
    const kept = await settings.get(SETTING);
    return new OwnHistory(settings, clock, clock.nowMs(), kept as CloneSighting | null);
  }

  /** Not null: nothing is issued until a person has looked. */
  get clone(): CloneSighting | null {
    return this.sighting;
  }

  note({ day, reportId }: Pick<LedgerEntry, 'day' | 'reportId'>): void {
    const ids = this.known.get(day) ?? new Set();
    this.known.set(day, ids.add(reportId));
    const [first] = this.known.keys();
    if (first !== undefined && this.known.size > DAYS_KNOWN_MAX) this.known.delete(first);
  }

  isKnown({ day, reportId }: Pick<LedgerEntry, 'day' | 'reportId'>): boolean {
    return this.known.get(day)?.has(reportId) ?? false;
  }

  /** Whether a report under our name can only be a copy's: unknown, and issued while this node was running. */
  isOfClone(entry: Pick<LedgerEntry, 'day' | 'reportId' | 'seq'>): boolean {
    return !this.isKnown(entry) && entry.seq > this.startedMs + SEQ_LEEWAY_MS;
  }

  async alarm({ day, reportId }: Pick<LedgerEntry, 'day' | 'reportId'>, seenAt: string): Promise<void> {
    if (this.sighting) return;
    this.sighting = { day, reportId, seenAt, atMs: this.clock.nowMs() };
    await this.settings.put(SETTING, this.sighting);
  }

  /** A person has made sure that no other copy runs. What it said while it did is found for a while, and is no sighting. */
  async resume(): Promise<void> {
    this.sighting = null;
    this.startedMs = Math.max(this.startedMs, this.clock.nowMs());
    await this.settings.remove(SETTING);
  }
}
