import type { Day } from '../../src/clock/day.js';
import type { Sighting } from '../../src/storage/count-store.js';

interface DayVisitors {
  /** Their visits were acknowledged. */
  certain: Set<string>;
  /** Those in each sketch that this site counted them in: a copy of it may have had keys that it had not. */
  counted: Map<string, Set<string>>;
  /** Their visits were made, but whether they were counted, or counted and lost, only the node knows. */
  possible: Set<string>;
  /** What each of them should be in the day's sketches, by sketch and person. */
  ids: Map<string, Map<string, Uint8Array>>;
}

/** Who was really at a site. */
export class Visitors {
  private readonly byDay = new Map<Day, DayVisitors>();

  get days(): Day[] {
    return [...this.byDay.keys()];
  }

  mayHaveCome(day: Day, person: string, sightings: readonly Sighting[]): void {
    const { possible, ids } = this.on(day);
    possible.add(person);
    for (const { sketch, visitorId } of sightings) {
      const people = ids.get(sketch) ?? new Map<string, Uint8Array>();
      ids.set(sketch, people.set(person, visitorId));
    }
  }

  haveCome(day: Day, person: string, sightings: readonly Sighting[]): void {
    const { certain, counted } = this.on(day);
    certain.add(person);
    for (const { sketch } of sightings) counted.set(sketch, (counted.get(sketch) ?? new Set()).add(person));
  }

  certain(day: Day): ReadonlySet<string> {
    return this.byDay.get(day)?.certain ?? new Set();
  }

  counted(day: Day, sketch: string): ReadonlySet<string> {
    return this.byDay.get(day)?.counted.get(sketch) ?? new Set();
  }

  possible(day: Day): ReadonlySet<string> {
    return this.byDay.get(day)?.possible ?? new Set();
  }

  /** By sketch and person. */
  ids(day: Day): ReadonlyMap<string, ReadonlyMap<string, Uint8Array>> {
    return this.byDay.get(day)?.ids ?? new Map();
  }

  copy(): Visitors {
    const copy = new Visitors();
    for (const [day, { certain, counted }] of this.byDay) {
      const theirs = copy.on(day);
      theirs.certain = new Set(certain);
      theirs.counted = new Map([...counted].map(([sketch, people]) => [sketch, new Set(people)]));
    }
    return copy.with(this);
  }

  /** Whoever may have been at the other site may have been at this one. */
  with(other: Visitors): this {
    for (const [day, { possible, ids }] of other.byDay) {
      const mine = this.on(day);
      for (const person of possible) mine.possible.add(person);
      for (const [sketch, people] of ids)
        mine.ids.set(sketch, new Map([...(mine.ids.get(sketch) ?? []), ...people]));
    }
    return this;
  }

  private on(day: Day): DayVisitors {
    const nobody = {
      certain: new Set<string>(),
      counted: new Map(),
      possible: new Set<string>(),
      ids: new Map(),
    };
    const known = this.byDay.get(day) ?? nobody;
    this.byDay.set(day, known);
    return known;
  }
}
