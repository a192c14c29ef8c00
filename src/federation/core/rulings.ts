import type { Day } from '../../clock/day.js';
import type { LedgerSlot } from '../../storage/ledger.js';
import type { Ruling, RulingStore } from '../../storage/ruling-store.js';
import type { RosterEntry } from './roster.js';

/** The rulings in force: a cache over the RulingStore that writes through; the store is read once. */
export class Rulings {
  private constructor(
    private readonly store: RulingStore,
    private byOrigin: ReadonlyMap<string, readonly Ruling[]>,
  ) {}

  static async load(store: RulingStore): Promise<Rulings> {
    return new Rulings(store, byOrigin(await store.rulings()));
  }

  /** Ordered by origin, the one about all days first. */
  all(): Ruling[] {
    return [...this.byOrigin.values()].flat();
  }

  /** The ruling about a day of an origin: the one about all of its days goes before. */
  on(origin: string, day: Day): Ruling | null {
    return this.byOrigin.get(origin)?.find((ruling) => ruling.day === null || ruling.day === day) ?? null;
  }

  /** The ruling about all days of an origin. */
  onAllDays(origin: string): Ruling | null {
    return this.byOrigin.get(origin)?.find(({ day }) => day === null) ?? null;
  }

  async put(ruling: Ruling): Promise<void> {
    await this.store.put(ruling);
    this.byOrigin = byOrigin(await this.store.rulings());
  }

  /** False when there was none. */
  async lift(origin: string, day: Day | null): Promise<boolean> {
    const wasThere = await this.store.remove(origin, day);
    this.byOrigin = byOrigin(await this.store.rulings());
    return wasThere;
  }
}

/**
 * What a total is made of once the rulings have spoken: a day that was ruled on is as if it had never been reported,
 * an origin as if it had never been there.
 */
export function withoutRuled(slots: readonly LedgerSlot[], rulings: Pick<Rulings, 'on'>): LedgerSlot[] {
  return slots.filter(({ accepted }) => rulings.on(accepted.origin, accepted.day) === null);
}

export function rosterWithoutRuled(
  roster: readonly RosterEntry[],
  rulings: Pick<Rulings, 'onAllDays'>,
): RosterEntry[] {
  return roster.filter(({ nodeId }) => rulings.onAllDays(nodeId) === null);
}

function byOrigin(rulings: readonly Ruling[]): Map<string, Ruling[]> {
  const map = new Map<string, Ruling[]>();
  for (const ruling of rulings) map.set(ruling.origin, [...(map.get(ruling.origin) ?? []), ruling]);
  return map;
}
