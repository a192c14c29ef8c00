import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../clock/clock.js';
import { addDays, type Day, dayOf } from '../../clock/day.js';
import { decodeHyll } from '../../sketch/hyll.js';
import { estimateJoint } from '../../sketch/joint-estimate.js';
import type { Sketch } from '../../sketch/sketch.js';
import type { Ledger } from '../../storage/ledger.js';
import { mergeableDigest } from './mergeable-digest.js';
import type { Rulings } from './rulings.js';
import type { TotalTerms } from './total-board.js';

/** How many people two instances share. */
export interface Overlap {
  a: string;
  b: string;
  from: Day;
  to: Day;
  /** Estimates of each one's people in the window; null where it sent no sketch that can be read. */
  uniquesA: number | null;
  uniquesB: number | null;
  /** Null where either has too few people, or where what they share is below what the sketches can show. */
  shared: { estimate: number; low: number; high: number } | null;
  /** Why there is no figure: `too-few`, or `below-detection`: then at most `atMost` are shared. */
  hidden: 'too-few' | 'below-detection' | null;
  atMost: number | null;
}

export interface OverlapsOptions {
  ledger: Ledger;
  rulings: Pick<Rulings, 'on'>;
  clock: Clock;
  /** Null while this node is in no federation. */
  terms(): TotalTerms | null;
}

/** Below this many people on either side a figure would say too much about few, and too little about the share. */
export const OVERLAP_PEOPLE_MIN = 1000;

/** Overlaps of two instances, from the registers that they reported anyway. */
export class Overlaps {
  constructor(private readonly options: OverlapsOptions) {}

  /** @param length Days of the window that ends today: 1, 7 or 30. Null while this node is in no federation. */
  async between(a: string, b: string, length: number): Promise<Overlap | null> {
    const sketches = await this.windowSketches([a, b], length);
    return sketches && this.overlapOf(a, b, length, sketches);
  }

  /** Of each two of the origins. An estimate takes a millisecond or two; in between the node does other work. */
  async matrix(origins: readonly string[], length: number): Promise<Overlap[] | null> {
    const sketches = await this.windowSketches(origins, length);
    if (!sketches) return null;
    const overlaps: Overlap[] = [];
    for (const [index, a] of origins.entries()) {
      for (const b of origins.slice(index + 1)) {
        overlaps.push(this.overlapOf(a, b, length, sketches));
        await nextTurn();
      }
    }
    return overlaps;
  }

  private overlapOf(
    a: string,
    b: string,
    length: number,
    sketches: ReadonlyMap<string, Sketch | null>,
  ): Overlap {
    const [first, second] = [sketches.get(a) ?? null, sketches.get(b) ?? null];
    const uniques = [first, second].map((sketch) => sketch && Math.round(sketch.estimate()));
    const to = dayOf(this.options.clock.nowMs());
    const [uniquesA = null, uniquesB = null] = uniques;
    const pair = { a, b, from: addDays(to, 1 - length), to, uniquesA, uniquesB };
    const isLargeEnough = (count: number | null) => count !== null && count > OVERLAP_PEOPLE_MIN;
    if (!first || !second || !uniques.every(isLargeEnough))
      return { ...pair, shared: null, hidden: 'too-few', atMost: null };
    const { both, low, high } = estimateJoint(first, second);
    if (low === 0) return { ...pair, shared: null, hidden: 'below-detection', atMost: Math.round(high) };
    const shared = { estimate: Math.round(both), low: Math.round(low), high: Math.round(high) };
    return { ...pair, shared, hidden: null, atMost: null };
  }

  /** Each origin's people of the window, under the key that the window is read under. */
  private async windowSketches(
    origins: readonly string[],
    length: number,
  ): Promise<Map<string, Sketch | null> | null> {
    const terms = this.options.terms();
    if (!terms) return null;
    const sketches = new Map<string, Sketch | null>();
    for (const origin of origins) {
      sketches.set(origin, await this.windowSketch(origin, length, terms));
      await nextTurn();
    }
    return sketches;
  }

  private async windowSketch(origin: string, length: number, terms: TotalTerms): Promise<Sketch | null> {
    const { ledger, rulings, clock } = this.options;
    const today = dayOf(clock.nowMs());
    const readKey = terms.readKey(today);
    let union: Sketch | null = null;
    for (const { counted } of await ledger.slotsOf(origin, addDays(today, 1 - length), today)) {
      if (!counted || counted.report.federation !== terms.federation) continue;
      const digest = mergeableDigest(counted.report, readKey, terms.identity);
      if (digest === undefined || rulings.on(origin, counted.day)) continue;
      const bytes = await ledger.sketch(digest);
      if (!bytes) continue;
      const sketch = decodeHyll(bytes);
      if (union) union.merge(sketch);
      else union = sketch;
    }
    return union;
  }
}
