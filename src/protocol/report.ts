import * as z from 'zod';
import { isDay } from '../clock/day.js';

export const REPORT_FORMAT = 'hyll-p14-m64a';
export const REPORT_BYTES_MAX = 8192;

const count = z.int().nonnegative();
/** To the second and in UTC, so that one instant has one text. */
const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  .refine(isInstant, 'not an instant');
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const keyName = z.string().regex(/^[0-9a-f]{8}\.(0|[1-9]\d{0,5})$/);
/** The day's own epoch and the next; twice as many where a node changed its federation. */
const SKETCHES_MAX = 4;

/**
 * What one instance says of one UTC day. Unknown fields are allowed and survive, since only the received bytes are
 * stored and relayed.
 */
export const reportSchema = z.looseObject({
  v: z.literal(1),
  federation: z.string().min(1).max(64),
  origin: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  day: z.string().refine(isDay, 'not a UTC day'),
  /** Grows with every report of this (origin, day): milliseconds since 1970, or one more than the last. */
  seq: z.int().positive(),
  issuedAt: instant,
  validUntil: instant,
  /** The day is over, and the origin expects no more visits of it. */
  closed: z.boolean(),
  format: z.string().max(32),
  identity: z.string().max(32),
  hits: count,
  /** Estimate under the day's own epoch key. */
  uniques: count,
  /** Estimates of the windows that end on this day. */
  windows: z.looseObject({ '7d': count, '30d': count, all: count }),
  /** SHA-256 of the canonical HYLL bytes, by `<chain>.<epoch>`. */
  sketches: z
    .record(keyName, digest)
    .refine((named) => Object.keys(named).length <= SKETCHES_MAX, 'too many sketches'),
  /** An imported log: the day's first report was issued more than 48 h after its end. */
  backfill: z.boolean().optional(),
  /** The origin takes the day back. */
  withdrawn: z.boolean().optional(),
});

export type Report = z.infer<typeof reportSchema>;

function isInstant(text: string): boolean {
  const timeMs = Date.parse(text);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text.slice(0, 19));
}
