import { addDays, dayOf } from '../clock/day.js';
import { isSignedBy, payloadId, readEnvelope } from './envelope.js';
import { mayHaveSigned, type SigningKey } from './key-chain.js';
import { Refusal } from './refusal.js';
import { REPORT_BYTES_MAX, REPORT_FORMAT, type Report, reportSchema } from './report.js';
import { parseStrictJson } from './strict-json.js';

/** What acceptance depends on besides the envelope: the roster's keys, the federation, the time. */
export interface AcceptanceTerms {
  federation: string;
  /** Null for a key that nobody on the roster owns. */
  keyOf(keyId: string): SigningKey | null;
  nowMs: number;
}

export interface AcceptedReport {
  report: Report;
  /** Hex SHA-256 of the payload. */
  reportId: string;
}

/** The report that is already here. */
export interface NewestReport {
  seq: number;
  reportId: string;
}

const AHEAD_MS = 300_000;
const VALID_MS_MAX = 48 * 3_600_000;
export const SEQ_OFF_MS_MAX = 300_000;
const DAYS_BACK = 63;
const DAYS_AHEAD = 1;

/**
 * Acceptance, the first half: what the envelope says of itself, in the protocol's order (size, envelope, key, signature,
 * parse, schema, owner, key in use, federation, format, times), so that the cheap and the attributable come first. A passed
 * `validUntil` is stale, not refused. Throws Refusal.
 */
export function acceptReport(text: string, terms: AcceptanceTerms): AcceptedReport {
  const envelope = readEnvelope(text, REPORT_BYTES_MAX);
  if (envelope.kind !== 'report') throw new Refusal('other-kind');
  const key = terms.keyOf(envelope.keyId);
  if (!key) throw new Refusal('unknown-key');
  if (!isSignedBy(envelope, key.publicKey)) throw new Refusal('bad-signature');
  const parsed = reportSchema.safeParse(parseStrictJson(envelope.payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  const report = parsed.data;
  if (report.origin !== key.node) throw new Refusal('not-its-own-key');
  if (!mayHaveSigned(key, Date.parse(report.issuedAt))) throw new Refusal('key-retired');
  if (report.federation !== terms.federation) throw new Refusal('other-federation');
  if (report.format !== REPORT_FORMAT) throw new Refusal('other-format');
  refuseTimes(report, terms.nowMs);
  return { report, reportId: payloadId(envelope.payload) };
}

function refuseTimes(report: Report, nowMs: number): void {
  const issuedMs = Date.parse(report.issuedAt);
  const validMs = Date.parse(report.validUntil) - issuedMs;
  if (issuedMs > nowMs + AHEAD_MS) throw new Refusal('issued-in-the-future');
  if (validMs < 0 || validMs > VALID_MS_MAX) throw new Refusal('valid-too-long');
  if (Math.abs(report.seq - issuedMs) > SEQ_OFF_MS_MAX) throw new Refusal('seq-off-time');
  const today = dayOf(nowMs);
  if (report.day < addDays(today, -DAYS_BACK) || report.day > addDays(today, DAYS_AHEAD)) {
    throw new Refusal('day-out-of-range');
  }
}

/**
 * The second half: against the newest accepted report of the same (origin, day). `new` replaces it, `same` changes
 * nothing. Throws Refusal `seq-too-low`, or `equivocation`: two reports of one seq, a proof against their origin.
 */
export function compareToNewest(arriving: NewestReport, newest: NewestReport | null): 'new' | 'same' {
  if (!newest || arriving.seq > newest.seq) return 'new';
  if (arriving.seq < newest.seq) throw new Refusal('seq-too-low');
  if (arriving.reportId !== newest.reportId) throw new Refusal('equivocation');
  return 'same';
}
