import { interval95, relativeError } from '../../sketch/interval.js';
import { whole } from '../../sketch/whole.js';
import type { OriginWindow } from './origin-window.js';
import type { Uniques } from './total-figures.js';

const OVERLAP_SIGMAS = 2;

/** What one instance brings to a window or a day: its own figure, and what of it can't be merged. */
export interface PartFigures {
  estimate: number;
  low: number;
  high: number;
  /** It has a sketch that the union is made of. */
  merges: boolean;
  /** People who may or may not be in the union already. */
  unmerged: number;
  /** How many people its missing days may hide. */
  missing: number;
  hits: number;
  visitorDays: number;
  daysExpected: number;
  daysReported: number;
}

/** An origin's own figure: its union, widened by the days of it that can't be merged or are missing. */
export function partFigures(window: OriginWindow): PartFigures {
  const { unions, ownCount, unmergedUniques, missingUniques: missing } = window;
  const { hits, visitorDays, daysExpected, daysReported } = window;
  const rest = { missing, hits, visitorDays, daysExpected, daysReported };
  if (unions.size === 0) {
    const high = whole(ownCount + missing);
    return { estimate: ownCount, low: ownCount, high, merges: false, unmerged: ownCount, ...rest };
  }
  const estimates = [...unions.values()].map((union) => whole(union.estimate()));
  const estimate = Math.max(...estimates);
  const high = whole(highOf(estimates) + unmergedUniques + missing);
  const { low } = interval95(estimate);
  return { estimate, low: whole(low), high, merges: true, unmerged: unmergedUniques, ...rest };
}

/** Under two keys nobody can be recognised: as many as all of them together, as far as that is known. */
function highOf(estimates: readonly number[]): number {
  return estimates.reduce((sum, estimate) => sum + interval95(estimate).high, 0);
}

/** Everything about a window but its union, added up one instance after the other. */
export class WindowSums {
  private parts = 0;
  private merging = 0;
  private readonly sums = {
    ...{ estimate: 0, high: 0, hits: 0, visitorDays: 0, expected: 0, reported: 0, unmerged: 0, missing: 0 },
    ...{ merged: 0, variance: 0 },
  };
  private readonly largest = { estimate: 0, low: 0 };
  private readonly largestMerged = { estimate: 0, low: 0 };

  add(part: PartFigures): void {
    const { sums } = this;
    this.parts += 1;
    sums.estimate += part.estimate;
    sums.high += part.high;
    sums.hits += part.hits;
    sums.visitorDays += part.visitorDays;
    sums.expected += part.daysExpected;
    sums.reported += part.daysReported;
    sums.unmerged += part.unmerged;
    sums.missing += part.missing;
    raise(this.largest, part);
    if (!part.merges) return;
    this.merging += 1;
    sums.merged += part.estimate;
    sums.variance += deviation(part.estimate) ** 2;
    raise(this.largestMerged, part);
  }

  copy(): WindowSums {
    const copy = new WindowSums();
    copy.parts = this.parts;
    copy.merging = this.merging;
    Object.assign(copy.sums, this.sums);
    Object.assign(copy.largest, this.largest);
    Object.assign(copy.largestMerged, this.largestMerged);
    return copy;
  }

  get sum(): number {
    return whole(this.sums.estimate);
  }

  get hits(): number {
    return whole(this.sums.hits);
  }

  get visitorDays(): number {
    return whole(this.sums.visitorDays);
  }

  get coverage(): number {
    return this.sums.expected === 0 ? 1 : this.sums.reported / this.sums.expected;
  }

  /**
   * The estimate is clamped to [largest instance, sum]; the interval is the union's own, no narrower than the parts
   * allow. What can't be merged may or may not be in the union already: it raises only the upper end.
   * @param unionEstimates Of the union under each key. More than one where a window reaches behind a cut: the people of
   *   one may be those of the other.
   */
  uniques(unionEstimates: readonly number[]): Uniques {
    const { unmerged, missing, high: highs } = this.sums;
    // What an origin says without a sketch to show for it may only raise the upper end, unless nobody has any.
    const largest = this.merging > 0 ? this.largestMerged : this.largest;
    const [most = 0, ...others] = [...unionEstimates].sort((a, b) => b - a).map(whole);
    const estimate = Math.max(largest.estimate, Math.min(this.sum, most));
    const low = Math.min(estimate, Math.max(interval95(estimate).low, largest.low));
    const people = highOf([estimate, ...others]);
    const high = Math.min(people + whole(unmerged) + whole(missing), whole(highs));
    const isAlone = this.parts === 1 && this.merging === 0;
    const mergesNone = !isAlone && this.parts > 0 && this.merging === 0;
    return {
      estimate: mergesNone ? null : estimate,
      low,
      high: whole(Math.max(high, estimate)),
      dedup: (unmerged === 0 && others.length === 0) || isAlone ? 'full' : 'bounded',
    };
  }

  /**
   * Sum less union of those that can be merged, where it is too large to be the sketches' error; else null, as it is where
   * there are unions under several keys.
   */
  overlap([unionEstimate = 0, ...others]: readonly number[]): number | null {
    if (others.length > 0) return null;
    const excess = whole(this.sums.merged) - whole(unionEstimate);
    const variance = this.sums.variance + deviation(unionEstimate) ** 2;
    return this.merging > 1 && excess > OVERLAP_SIGMAS * Math.sqrt(variance) ? excess : null;
  }
}

function raise(largest: { estimate: number; low: number }, part: PartFigures): void {
  largest.estimate = Math.max(largest.estimate, part.estimate);
  largest.low = Math.max(largest.low, part.low);
}

function deviation(estimate: number): number {
  return relativeError(estimate) * estimate;
}
