import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isDay } from '../clock/day.js';
import { nodeName } from './card.js';

export const TOTAL_BYTES_MAX = 16 * 1024 * 1024;
/** Some eighty for each of ten thousand instances. */
export const TOTAL_VALUES_MAX = 1_000_000;

const count = z.int().nonnegative();
const day = z.string().refine(isDay, 'not a UTC day');
const share = z.number().min(0).max(1);
const uniques = z.object({
  estimate: count.nullable(),
  low: count,
  high: count,
  dedup: z.enum(['full', 'bounded', 'none']),
});
const windowTotal = z.object({
  from: day.nullable(),
  to: day,
  uniques,
  sum: count,
  hits: count,
  visitorDays: count,
  overlap: count.nullable(),
  coverage: share,
  instances: z.object({ fresh: count, stale: count, held: count, probation: count }),
});
const instanceWindow = z.object({
  estimate: count,
  low: count,
  high: count,
  share: share.nullable(),
  marginal: count.nullable(),
});
const perWindow = <T extends z.ZodType>(value: T) =>
  z.object({ '1d': value, '7d': value, '30d': value, all: value });

/** What a hub or a peer publishes: the figures of its ledger, and the hash of what they were computed from. */
export const totalSchema = z.object({
  v: z.literal(1),
  federation: z.string().min(1).max(64),
  publisher: z.string().length(43),
  day,
  asOf: z.iso.datetime(),
  /** Hex SHA-256 over the inputs: see `inputsHash`. */
  inputs: z.string().regex(/^[0-9a-f]{64}$/),
  windows: perWindow(windowTotal),
  /** How many there are, where not all of them are listed. */
  instancesInAll: count.optional(),
  /** By node id; of more than a hundred those with the most people in 30 days. */
  instances: z.array(
    z.object({
      node: z.string().length(43),
      name: nodeName.nullable(),
      listed: z.boolean(),
      status: z.enum(['active', 'probation']),
      stale: z.boolean(),
      held: z.boolean(),
      lastDay: day.nullable(),
      lastReportAt: z.iso.datetime().nullable(),
      windows: perWindow(instanceWindow),
    }),
  ),
  history: z.array(z.object({ day, uniques, hits: count })),
});

export type PublishedTotal = z.infer<typeof totalSchema>;

/** One report that went into a total, and what was decided about it. */
export interface TotalInput {
  origin: string;
  day: string;
  seq: number;
  reportId: string;
  verdict: string;
}

/**
 * Hex SHA-256 over one line per input, `origin day seq reportId verdict` with single spaces and a line feed, sorted
 * by origin, day, seq. No field can hold a space, so no two lists share a hash.
 */
export function inputsHash(inputs: readonly TotalInput[]): string {
  const hash = new InputsHash();
  hash.add(inputs);
  return hash.digest();
}

/** The same, for inputs that come origin by origin. */
export class InputsHash {
  private readonly hash = createHash('sha256');

  /** @param inputs Of origins that sort after those of earlier calls. */
  add(inputs: readonly TotalInput[]): void {
    const sorted = [...inputs].sort(
      (a, b) => compare(a.origin, b.origin) || compare(a.day, b.day) || a.seq - b.seq,
    );
    for (const { origin, day, seq, reportId, verdict } of sorted) {
      this.hash.update(`${origin} ${day} ${seq} ${reportId} ${verdict}\n`);
    }
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
