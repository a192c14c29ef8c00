import { REGISTER_COUNT, Sketch } from '../../../sketch/sketch.js';
import type { Alert, AlertThresholds } from './alert.js';

/**
 * Pairs of instances that have nearly the same people, found without comparing each with each: 10,000 would be fifty
 * million comparisons of 16,384 registers.
 *
 * The filled registers of a sketch, each with its rank, are a set. Of each sketch one-permutation MinHash (Li, Owen,
 * Zhang 2012) draws 128 elements of that set, one a bin: two sketches agree in a bin as often as their sets' Jaccard
 * index says. Sketches that agree in all eight bins of one of sixteen bands are candidates. Of two whose people have a
 * Jaccard index of 0.9, about 0.87 of the filled registers are alike, and 99.8 % of such pairs agree in a band; of
 * sketches that have nothing to do with each other, one pair in many thousands does. Candidates are then compared
 * whole, so what is answered does not depend on chance.
 */
const BINS = 128;
const BAND_BINS = 8;
const BANDS = BINS / BAND_BINS;
/** Of thousands that copied one sketch, each is found beside some of the others. */
const NEIGHBOURS_MAX = 50;
/** An empty bin: equal in two sketches for no reason. */
const EMPTY = 0xffffffff;

interface Candidate {
  node: string;
  people: number;
  sketch: Sketch;
}

export class NearCopies {
  private readonly candidates: Candidate[] = [];
  /** Indices into the candidates, by band and what stands in it. */
  private readonly buckets = new Map<string, number[]>();

  constructor(private readonly thresholds: Pick<AlertThresholds, 'nearCopy' | 'nearCopyPeople'>) {}

  /** @param sketch Of the people of 30 days. */
  add(node: string, sketch: Sketch): void {
    const people = sketch.estimate();
    if (people <= this.thresholds.nearCopyPeople) return;
    const index = this.candidates.push({ node, people, sketch }) - 1;
    const signature = signatureOf(sketch);
    for (let band = 0; band < BANDS; band++) {
      const bins = signature.subarray(band * BAND_BINS, (band + 1) * BAND_BINS);
      if (bins.includes(EMPTY)) continue;
      const key = `${band} ${bins.join(' ')}`;
      const bucket = this.buckets.get(key);
      if (bucket) bucket.push(index);
      else this.buckets.set(key, [index]);
    }
  }

  /** Each pair once, the most alike first. */
  find(): Alert[] {
    const compared = new Set<number>();
    const alerts: Alert[] = [];
    for (const bucket of this.buckets.values())
      for (const [at, first] of bucket.entries())
        for (const second of bucket.slice(at + 1, at + 1 + NEIGHBOURS_MAX)) {
          const pair = first * this.candidates.length + second;
          if (compared.has(pair)) continue;
          compared.add(pair);
          const alert = this.compare(this.candidates[first]!, this.candidates[second]!);
          if (alert) alerts.push(alert);
        }
    return alerts.sort((a, b) => b.measured! - a.measured!);
  }

  private compare(a: Candidate, b: Candidate): Alert | null {
    const threshold = this.thresholds.nearCopy;
    if (Math.min(a.people, b.people) / Math.max(a.people, b.people) < threshold) return null;
    const union = a.sketch.clone();
    union.merge(b.sketch);
    const all = union.estimate();
    const measured = Math.min(1, Math.max(0, (a.people + b.people - all) / all));
    const [node, other] = a.node < b.node ? [a.node, b.node] : [b.node, a.node];
    return measured > threshold ? { name: 'near-copy', node, other, measured, threshold } : null;
  }
}

function signatureOf({ registers }: Sketch): Uint32Array {
  const signature = new Uint32Array(BINS).fill(EMPTY);
  for (let register = 0; register < REGISTER_COUNT; register++) {
    const rank = registers[register]!;
    if (rank === 0) continue;
    const hash = mixed((register << 6) | rank);
    const bin = hash >>> 25;
    const low = hash & 0x1ffffff;
    if (low < signature[bin]!) signature[bin] = low;
  }
  return signature;
}

/** The finaliser of MurmurHash3: every bit of the input changes half of the output's. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
