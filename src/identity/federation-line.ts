import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isDay } from '../clock/day.js';
import type { ChainLink } from './chain.js';
import { EPOCH_DAYS_MAX, type EpochCalendar } from './epoch-calendar.js';
import { EPOCH_MAX, isFederationId } from './epoch-key.js';
import { checkedKey, formatKey, isKeyText } from './key-text.js';
import { VISITOR_SCHEMES, type VisitorScheme } from './visitor-scheme.js';

/**
 * A federation in one line of text, handed over privately:
 *
 *     headcount-federation:1:<base64url of JSON>:<16 hex digits>
 *
 * Version 2 says who hands it over and what fresh entropy there is for the epochs ahead; a line that says neither is
 * of version 1.
 *
 * The digits begin the SHA-256 of all that stands before the last colon. They catch a line that was cut or
 * mistyped; they prove nothing about who wrote it.
 */
export interface FederationLine {
  /** 1 to 64 characters of base64url. */
  federation: string;
  /** For people; up to 64 characters, possibly none. */
  name: string;
  calendar: EpochCalendar;
  scheme: VisitorScheme;
  chain: {
    /** 8 hex digits. */
    name: string;
    /** Of the key. */
    epoch: number;
    /** 32 bytes. Null in the public line, which lets a blind hub name the keys it never sees. */
    key: Uint8Array | null;
    /** keyCheckValue of the key, also where the key is left out. */
    check: string;
    /** Absent where later keys follow from this one alone. */
    ahead?: LineAhead;
  };
  /** Node id of the member that hands the line over. */
  giver?: string;
}

export interface LineAhead {
  /** The key of the epoch after, whose entropy is gone; null in the public line, and where the giver has none. */
  next: Uint8Array | null;
  /** Of later epochs than the key's. Without entropy in the public line. */
  links: readonly ChainLink[];
  /** As in Chain. */
  decidedThrough: number | null;
}

/**
 * Why a line is refused. `not-a-line`: something else; `too-long`; `unknown-version`: of a newer Headcount;
 * `damaged`: cut off or mistyped; `malformed`: the checksum fits, but a field is missing, unknown or out of range;
 * `wrong-check-value`: the key is not the one that the check value was made of.
 */
export type FederationLineReason =
  | 'not-a-line'
  | 'too-long'
  | 'unknown-version'
  | 'damaged'
  | 'malformed'
  | 'wrong-check-value';

/** The message never repeats the line, since that may hold a key. */
export class FederationLineError extends Error {
  override readonly name = 'FederationLineError';

  constructor(
    readonly reason: FederationLineReason,
    explanation: string,
  ) {
    super(explanation);
  }
}

const PREFIX = 'headcount-federation';
const VERSIONS = ['1', '2'];
const LINE_CHARS_MAX = 4096;
const LINKS_MAX = 4;
const CHECKSUM_HEX_DIGITS = 16;
/** Without what could break a terminal, a log line or a table. */
const NAME_PATTERN = /^[^\p{C}\p{Zl}\p{Zp}]{0,64}$/u;

/** Whether the text can be a federation's name. */
export function isFederationName(text: string): boolean {
  return NAME_PATTERN.test(text);
}

const keyText = z.string().refine(isKeyText).nullable();
const checkText = z.string().regex(/^[0-9a-f]{16}$/);
const chainText = z.string().regex(/^[0-9a-f]{8}$/);
const epochNumber = z.int().min(0).max(EPOCH_MAX);

const aheadSchema = z.strictObject({
  next: keyText,
  links: z
    .array(z.strictObject({ epoch: epochNumber, name: chainText, check: checkText, fresh: keyText }))
    .max(LINKS_MAX),
  decidedThrough: epochNumber.nullable(),
});

const lineSchema = z.strictObject({
  federation: z.string().refine(isFederationId),
  name: z.string().refine(isFederationName),
  dayZero: z.string().refine(isDay),
  epochDays: z.int().min(1).max(EPOCH_DAYS_MAX),
  scheme: z.enum(VISITOR_SCHEMES),
  chain: chainText,
  epoch: epochNumber,
  key: keyText,
  check: checkText,
  ahead: aheadSchema.optional(),
  giver: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
});

export function formatFederationLine(line: FederationLine): string {
  const { name: chain, epoch, key, check, ahead } = line.chain;
  const { federation, name, calendar, scheme, giver } = line;
  const { dayZero, epochDays } = calendar;
  const first = {
    federation,
    name,
    dayZero,
    epochDays,
    scheme,
    chain,
    epoch,
    key: key && formatKey(key),
    check,
  };
  const more = { ...(ahead && { ahead: aheadText(ahead) }), ...(giver !== undefined && { giver }) };
  const fields = JSON.stringify({ ...first, ...more });
  const body = `${PREFIX}:${versionOf(line)}:${Buffer.from(fields).toString('base64url')}`;
  return `${body}:${checksum(body)}`;
}

function versionOf({ chain, giver }: FederationLine): string {
  return chain.ahead || giver !== undefined ? '2' : '1';
}

function aheadText({ next, links, decidedThrough }: LineAhead): z.infer<typeof aheadSchema> {
  const texts = links.map(({ epoch, name, check, fresh }) => ({
    ...{ epoch, name, check },
    fresh: fresh && formatKey(fresh),
  }));
  return { next: next && formatKey(next), links: texts, decidedThrough };
}

/** White space around the line is ignored. Throws FederationLineError for anything that formatFederationLine did not write. */
export function parseFederationLine(text: string): FederationLine {
  const line = text.length > LINE_CHARS_MAX ? text : text.trim();
  const [prefix, version, fields = '', sum, ...rest] = line.split(':', 6);
  if (prefix !== PREFIX) throw refusal('not-a-line', `a federation line begins with ${PREFIX}:`);
  if (line.length > LINE_CHARS_MAX) throw refusal('too-long', `at most ${LINE_CHARS_MAX} characters`);
  if (!VERSIONS.includes(version ?? ''))
    throw refusal('unknown-version', `this node reads versions ${VERSIONS.join(' and ')}`);
  if (rest.length > 0 || sum !== checksum(`${prefix}:${version}:${fields}`)) {
    throw refusal('damaged', 'the line was cut off or changed on its way: copy it again, whole');
  }
  const parsed = lineOf(fieldsOf(fields));
  // Repeated or reordered fields, stray characters in the base64url: one federation has one line.
  if (formatFederationLine(parsed) !== line) throw refusal('malformed', 'not as Headcount writes it');
  return parsed;
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, CHECKSUM_HEX_DIGITS);
}

function fieldsOf(base64url: string): z.infer<typeof lineSchema> {
  const result = lineSchema.safeParse(jsonOf(Buffer.from(base64url, 'base64url').toString()));
  if (!result.success) {
    const paths = result.error.issues.map((issue) => issue.path.join('.') || 'the whole');
    throw refusal('malformed', `missing, unknown or out of range: ${paths.join(', ')}`);
  }
  return result.data;
}

/** Node's own message would quote the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('malformed', 'not JSON');
  }
}

function lineOf(fields: z.infer<typeof lineSchema>): FederationLine {
  const { federation, name, dayZero, epochDays, scheme, chain, epoch, check, ahead, giver } = fields;
  const key = fields.key === null ? null : checkedKey(fields.key, check);
  if (fields.key !== null && key === null) {
    throw refusal('wrong-check-value', 'the key does not fit its check value: ask for the line again');
  }
  return {
    federation,
    name,
    calendar: { dayZero, epochDays },
    scheme,
    chain: { name: chain, epoch, key, check, ...(ahead && { ahead: aheadOf(ahead) }) },
    ...(giver !== undefined && { giver }),
  };
}

function aheadOf({ next, links, decidedThrough }: z.infer<typeof aheadSchema>): LineAhead {
  const bytesOf = (text: string | null) => text && new Uint8Array(Buffer.from(text, 'base64url'));
  return {
    next: bytesOf(next) || null,
    links: links.map((link) => ({ ...link, fresh: bytesOf(link.fresh) || null })),
    decidedThrough,
  };
}

function refusal(reason: FederationLineReason, explanation: string): FederationLineError {
  return new FederationLineError(reason, `not a usable federation line (${reason}): ${explanation}`);
}
