import * as z from 'zod';
import { isDay } from '../clock/day.js';

export const REPORT_FORMAT = 'hyll-p14-m64a';

const count = z.int().nonnegative();
const instant = z.iso.datetime({ precision: 0 });
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const keyName = z.string().regex(/^[0-9a-f]{8}\.(0|[1-9]\d{0,5})$/);

/**
 * What one instance says of one UTC day. Unknown fields are allowed and survive, since only the received
 * bytes are stored and relayed. Times are ISO-8601 in UTC, to the second.
 */
export const reportSchema = z.looseObject({
  v: z.literal(1),
  federation: z.string().min(1).max(64),
  origin: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  day: z.string().refine(isDay, 'not a UTC day'),
  /** Grows with every report of this (origin, day); milliseconds since 1970, or one more than the last. */
  seq: z.int().positive(),
  issuedAt: instant,
  validUntil: instant,
  /** The day is over and the origin expects no more visits of it. */
  closed: z.boolean(),
  format: z.string().max(32),
  identity: z.string().max(32),
  hits: count,
  /** Estimate under the day's own epoch key. */
  uniques: count,
  windows: z.looseObject({ '7d': count, '30d': count, all: count }),
  /** SHA-256 of the canonical HYLL bytes, by `<chain>.<epoch>`. At most the day's own epoch and the next. */
  sketches: z.record(keyName, digest).refine((named) => Object.keys(named).length <= 4, 'too many sketches'),
  /** An imported log, issued more than 48 h after the day's end. */
  backfill: z.boolean().optional(),
  /** The origin takes the day back. */
  withdrawn: z.boolean().optional(),
});

export type Report = z.infer<typeof reportSchema>;
