import type { Day } from '../../clock/day.js';
import type { LedgerSlot } from '../../storage/ledger.js';
import type { Ruling, RulingStore } from '../../storage/ruling-store.js';
import type { RosterEntry } from './roster.js';

/** Rulings as totals read them: those in force, or others that somebody supposes. */
export class RulingSet {
  private readonly byOrigin: ReadonlyMap<string, readonly Ruling[]>;

  constructor(rulings: readonly Ruling[]) {
    const map = new Map<string, Ruling[]>();
    for (const ruling of rulings) map.set(ruling.origin, [...(map.get(ruling.origin) ?? []), ruling]);
    this.byOrigin = map;
  }

  /** In the order in which they were given. */
  all(): Ruling[] {
    return [...this.byOrigin.values()].flat();
  }

  /** The ruling about a day of an origin: the one about all of its days goes before. */
  on(origin: string, day: Day): Ruling | null {
    const ofDay = this.byOrigin.get(origin)?.find((ruling) => ruling.day === day);
    return this.onAllDays(origin) ?? ofDay ?? null;
  }

  /** The ruling about all days of an origin. */
  onAllDays(origin: string): Ruling | null {
    return this.byOrigin.get(origin)?.find(({ day }) => day === null) ?? null;
  }

  /** As if that were ruled as well. */
  with(ruling: Ruling): RulingSet {
    return new RulingSet([...this.without(ruling.origin, ruling.day).all(), ruling]);
  }

  /** As if that were not ruled. */
  without(origin: string, day: Day | null): RulingSet {
    return new RulingSet(this.all().filter((one) => one.origin !== origin || one.day !== day));
  }
}

/** The rulings in force: a cache over the RulingStore that writes through; the store is read once. */
export class Rulings {
  private constructor(
    private readonly store: RulingStore,
    private current: RulingSet,
  ) {}

  static async load(store: RulingStore): Promise<Rulings> {
    return new Rulings(store, new RulingSet(await store.rulings()));
  }

  get set(): RulingSet {
    return this.current;
  }

  all(): Ruling[] {
    return this.current.all();
  }

  on(origin: string, day: Day): Ruling | null {
    return this.current.on(origin, day);
  }

  onAllDays(origin: string): Ruling | null {
    return this.current.onAllDays(origin);
  }

  async put(ruling: Ruling): Promise<void> {
    await this.store.put(ruling);
    this.current = new RulingSet(await this.store.rulings());
  }

  /** False when there was none. */
  async lift(origin: string, day: Day | null): Promise<boolean> {
    const wasThere = await this.store.remove(origin, day);
    this.current = new RulingSet(await this.store.rulings());
    return wasThere;
  }
}

/**
 * What a total is made of once the rulings have spoken: a day that was ruled on is as if it had never been reported,
 * an origin as if it had never been there.
 */
export function withoutRuled(slots: readonly LedgerSlot[], rulings: Pick<RulingSet, 'on'>): LedgerSlot[] {
  return slots.filter(({ accepted }) => rulings.on(accepted.origin, accepted.day) === null);
}

export function rosterWithoutRuled(
  roster: readonly RosterEntry[],
  rulings: Pick<RulingSet, 'onAllDays'>,
): RosterEntry[] {
  return roster.filter(({ nodeId }) => rulings.onAllDays(nodeId) === null);
}
