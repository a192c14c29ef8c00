import { Injectable } from '@nestjs/common';
import { Sketch } from '../sketch/sketch.js';
import type { Visit } from '../storage/count-store.js';

const MINUTE_MS = 60_000;
/** As far back as anyone may ask. */
const MINUTES_MAX = 60;

interface Minute {
  /** Minutes since 1970. */
  number: number;
  sketch: Sketch;
}

/**
 * Who is here right now: a sketch of each of the last minutes, in memory only (16 kB each, 1 MB at most), so that
 * nothing is written for it. It knows what this process has seen since it started.
 */
@Injectable()
export class LiveVisitors {
  private readonly minutes: (Minute | undefined)[] = new Array(MINUTES_MAX);

  /** A visit of the past has no hour, or not this one's, and is not live. */
  saw(visit: Visit, atMs: number): void {
    // The last sighting of a live visit is the hour's or the all-time one: both are under the node's own key.
    const visitorId = visit.hour === null ? undefined : visit.sightings.at(-1)?.visitorId;
    if (visitorId) this.sketchOf(Math.floor(atMs / MINUTE_MS))?.add(visitorId);
  }

  /** Different people of the last `minutes` (1 to 60), the one that is not over included. */
  people(minutes: number, nowMs: number): number {
    const present = Math.floor(nowMs / MINUTE_MS);
    const union = new Sketch();
    for (const minute of this.minutes) {
      if (minute && minute.number > present - minutes && minute.number <= present) union.merge(minute.sketch);
    }
    return union.people();
  }

  /** Null for a minute whose place a newer one has taken. */
  private sketchOf(number: number): Sketch | null {
    const slot = number % MINUTES_MAX;
    const known = this.minutes[slot];
    if (known && known.number >= number) return known.number === number ? known.sketch : null;
    const sketch = new Sketch();
    this.minutes[slot] = { number, sketch };
    return sketch;
  }
}
