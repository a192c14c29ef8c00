import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isDay } from '../clock/day.js';
import { EPOCH_DAYS_MAX, type EpochCalendar } from './epoch-calendar.js';
import { EPOCH_MAX, isFederationId } from './epoch-key.js';
import { checkedKey, formatKey, isKeyText } from './key-text.js';
import { VISITOR_SCHEMES, type VisitorScheme } from './visitor-scheme.js';

/**
 * A federation in one line of text, handed over privately:
 *
 *     headcount-federation:1:<base64url of JSON>:<16 hex digits>
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
  };
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
const VERSION = '1';
const LINE_CHARS_MAX = 2048;
const CHECKSUM_HEX_DIGITS = 16;
/** Without what could break a terminal, a log line or a table. */
const NAME_PATTERN = /^[^\p{C}\p{Zl}\p{Zp}]{0,64}$/u;

/** Whether the text can be a federation's name. */
export function isFederationName(text: string): boolean {
  return NAME_PATTERN.test(text);
}

const lineSchema = z.strictObject({
  federation: z.string().refine(isFederationId),
  name: z.string().refine(isFederationName),
  dayZero: z.string().refine(isDay),
  epochDays: z.int().min(1).max(EPOCH_DAYS_MAX),
  scheme: z.enum(VISITOR_SCHEMES),
  chain: z.string().regex(/^[0-9a-f]{8}$/),
  epoch: z.int().min(0).max(EPOCH_MAX),
  key: z.string().refine(isKeyText).nullable(),
  check: z.string().regex(/^[0-9a-f]{16}$/),
});

export function formatFederationLine(line: FederationLine): string {
  const { name: chain, epoch, key, check } = line.chain;
  const { federation, name, calendar, scheme } = line;
  const { dayZero, epochDays } = calendar;
  const keyText = key && formatKey(key);
  const fields = { federation, name, dayZero, epochDays, scheme, chain, epoch, key: keyText, check };
  const body = `${PREFIX}:${VERSION}:${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return `${body}:${checksum(body)}`;
}

/** White space around the line is ignored. Throws FederationLineError for anything that formatFederationLine did not write. */
export function parseFederationLine(text: string): FederationLine {
  const line = text.length > LINE_CHARS_MAX ? text : text.trim();
  const [prefix, version, fields = '', sum, ...rest] = line.split(':', 6);
  if (prefix !== PREFIX) throw refusal('not-a-line', `a federation line begins with ${PREFIX}:`);
  if (line.length > LINE_CHARS_MAX) throw refusal('too-long', `at most ${LINE_CHARS_MAX} characters`);
  if (version !== VERSION) throw refusal('unknown-version', `this node reads version ${VERSION} only`);
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
  const { federation, name, dayZero, epochDays, scheme, chain, epoch, check } = fields;
  const key = fields.key === null ? null : checkedKey(fields.key, check);
  if (fields.key !== null && key === null) {
    throw refusal('wrong-check-value', 'the key does not fit its check value: ask for the line again');
  }
  return {
    federation,
    name,
    calendar: { dayZero, epochDays },
    scheme,
    chain: { name: chain, epoch, key, check },
  };
}

function refusal(reason: FederationLineReason, explanation: string): FederationLineError {
  return new FederationLineError(reason, `not a usable federation line (${reason}): ${explanation}`);
}
