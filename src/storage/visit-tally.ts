import type { Day, Hour } from '../clock/day.js';
import type { SketchName, Visit } from './count-store.js';

/** What a group of visits adds up to: hits by day and hour, and the visitor ids for each sketch. */
export class VisitTally {
  readonly dayHits = new Map<Day, number>();
  readonly hourHits = new Map<Hour, number>();
  readonly ids = new Map<SketchName, Uint8Array[]>();

  add(visits: readonly Visit[]): void {
    for (const { day, hour, sightings } of visits) {
      this.dayHits.set(day, (this.dayHits.get(day) ?? 0) + 1);
      if (hour !== null) this.hourHits.set(hour, (this.hourHits.get(hour) ?? 0) + 1);
      for (const { sketch, visitorId } of sightings) {
        const ids = this.ids.get(sketch);
        if (ids) ids.push(visitorId);
        else this.ids.set(sketch, [visitorId]);
      }
    }
  }
}

/** The parts of `day/<day>/<key name>` and `hour/<hour>`; both null for the all-time sketch. */
export function placeOf(name: SketchName): { day: Day | null; hour: Hour | null; keyName: string } {
  const [kind, when = '', keyName = ''] = name.split('/');
  return { day: kind === 'day' ? when : null, hour: kind === 'hour' ? when : null, keyName };
}
