import { LRUCache } from 'lru-cache';
import type { Day } from '../clock/day.js';
import { Sketch } from '../sketch/sketch.js';
import { ALL_TIME, type CountStore, type Visit } from '../storage/count-store.js';
import type { VisitorIds } from './visitor-ids.js';

/** As many days as are kept. A sketch in memory has 16 kB. */
const DAYS_MAX = 400;

/**
 * The people of imported days whose epoch keys are gone. They have no sketch that could be merged with others', so
 * only their number is kept, from a sketch under the node's own key that lives in memory while the import runs.
 */
export class KeylessDays {
  private readonly sketches = new LRUCache<Day, Sketch>({ max: DAYS_MAX });

  constructor(
    private readonly ids: VisitorIds,
    private readonly store: CountStore,
  ) {}

  /** Raises the numbers of the visits' days; nothing for a visit whose day has keys. Repeating it changes nothing. */
  async note(visits: readonly Visit[]): Promise<void> {
    const risen = new Set<Day>();
    for (const visit of visits) {
      if (!this.ids.coversDay(visit.day) && this.add(visit)) risen.add(visit.day);
    }
    for (const day of risen) {
      const sketch = this.sketches.get(day);
      if (sketch) await this.store.raiseImportedUniques(day, sketch.people());
    }
  }

  private add({ day, sightings }: Visit): boolean {
    const id = sightings.find(({ sketch }) => sketch === ALL_TIME)?.visitorId;
    if (id === undefined) return false;
    let sketch = this.sketches.get(day);
    if (sketch === undefined) {
      sketch = new Sketch();
      this.sketches.set(day, sketch);
    }
    return sketch.add(id);
  }
}
