import * as z from 'zod';
import { isAddress } from '../http/address-set.js';
import { readWith } from '../http/zod-problem.js';

export const URL_CHARS_MAX = 2_048;
export const VISITOR_CHARS_MAX = 256;
export const USER_AGENT_CHARS_MAX = 1_024;
export const BATCH_HITS_MAX = 500;

/** The body of `POST /v1/hits`. All of it is optional; path and referrer are for analytics. */
export interface HitBody {
  path?: string;
  referrer?: string;
  /** The site's own id of its user: only with a write key, only under scheme `site-id`. */
  visitor?: string;
  /** False: the person said no, and is not counted. */
  consent?: boolean;
}

const page = {
  path: z.string().max(URL_CHARS_MAX).optional(),
  referrer: z.string().max(URL_CHARS_MAX).optional(),
  visitor: z.string().min(1).max(VISITOR_CHARS_MAX).optional(),
};

export const hitSchema = z.strictObject({ ...page, consent: z.boolean().optional() });

/** One entry of `POST /v1/hits:batch`: a visit that someone else's server saw. */
export interface BatchHit {
  /** ISO-8601 in UTC. Now when absent. */
  at?: string;
  address: string;
  userAgent: string;
  path?: string;
  referrer?: string;
  visitor?: string;
  /** The visitor sent DNT or Sec-GPC. */
  dnt?: boolean;
}

export const batchSchema = z.strictObject({
  hits: z
    .array(
      z.strictObject({
        ...page,
        at: z.iso.datetime().max(30).optional(),
        address: z.string().refine(isAddress, 'not an IPv4 or IPv6 address'),
        userAgent: z.string().max(USER_AGENT_CHARS_MAX),
        dnt: z.boolean().optional(),
      }),
    )
    .max(BATCH_HITS_MAX),
});

/** Throws ProblemError naming the field. `{}` for no body. */
export function readHitBody(body: unknown): HitBody {
  if (body === undefined) return {};
  if (isPlainHit(body)) return body;
  return readWith(hitSchema, body);
}

/** Throws ProblemError naming the field, `hits[3].at`. */
export function readBatchBody(body: unknown): BatchHit[] {
  if (isPlainBatch(body)) return body.hits;
  return readWith(batchSchema, body).hits;
}

/**
 * The same rules by hand, for the bodies that are right, which are nearly all: about a tenth of zod's cost. What
 * does not pass here is read by zod, which says what is wrong. A test holds the two together.
 */
export function isPlainHit(body: unknown): body is HitBody {
  if (!isRecord(body)) return false;
  for (const name in body) {
    const value = body[name];
    if (name === 'consent') {
      if (typeof value !== 'boolean') return false;
    } else if (!isPageField(name, value)) return false;
  }
  return true;
}

export function isPlainBatch(body: unknown): body is { hits: BatchHit[] } {
  if (!isRecord(body)) return false;
  for (const name in body) if (name !== 'hits') return false;
  const { hits } = body;
  return Array.isArray(hits) && hits.length <= BATCH_HITS_MAX && hits.every(isPlainBatchHit);
}

function isPlainBatchHit(hit: unknown): hit is BatchHit {
  if (!isRecord(hit)) return false;
  const { address, userAgent } = hit;
  if (typeof address !== 'string' || !isAddress(address)) return false;
  if (typeof userAgent !== 'string' || userAgent.length > USER_AGENT_CHARS_MAX) return false;
  for (const name in hit) {
    if (name === 'address' || name === 'userAgent') continue;
    const value = hit[name];
    if (name === 'dnt') {
      if (typeof value !== 'boolean') return false;
    } else if (name === 'at') {
      if (typeof value !== 'string' || !isPlainInstant(value)) return false;
    } else if (!isPageField(name, value)) return false;
  }
  return true;
}

/** Every month has 28 days; the rare others are left to zod. */
const PLAIN_INSTANT =
  /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

function isPlainInstant(text: string): boolean {
  return text.length <= 30 && PLAIN_INSTANT.test(text);
}

function isPageField(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (name === 'path' || name === 'referrer') return value.length <= URL_CHARS_MAX;
  return name === 'visitor' && value.length > 0 && value.length <= VISITOR_CHARS_MAX;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
