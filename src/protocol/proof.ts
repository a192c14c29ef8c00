import * as z from 'zod';
import { isSignedBy, payloadId, readEnvelope, signEnvelope } from './envelope.js';
import type { SigningKey } from './key-chain.js';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { REPORT_BYTES_MAX, type Report, reportSchema } from './report.js';
import { parseStrictJson } from './strict-json.js';

/** Envelopes of two reports of one origin, day and seq that say different things, ordered by report id. */
export interface Equivocation {
  origin: string;
  reports: readonly [string, string];
}

const PROOF_BYTES_MAX = 28_672;
/** The text of a proof's envelope. */
export const PROOF_CHARS_MAX = 45_056;

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const proofSchema = z.looseObject({
  v: z.literal(1),
  /** Who shows it. Nobody needs to believe them. */
  by: nodeId,
  origin: nodeId,
  reports: z.tuple([z.string().max(12_800), z.string().max(12_800)]),
});

type KeyOf = (keyId: string) => SigningKey | null;

/** Whoever passes a proof on signs it anew: what it proves is inside. It holds no sketch. */
export function signProof({ origin, reports }: Equivocation, key: NodeKey): string {
  return signEnvelope('proof', { v: 1, by: key.nodeId, origin, reports }, key);
}

/** Throws Refusal, also for a proof that proves nothing, or was not signed by who shows it. */
export function openProof(text: string, keyOf: KeyOf): Equivocation {
  const envelope = readEnvelope(text, PROOF_BYTES_MAX);
  if (envelope.kind !== 'proof') throw new Refusal('other-kind');
  const key = keyOf(envelope.keyId);
  if (!key) throw new Refusal('unknown-key');
  if (!isSignedBy(envelope, key.publicKey)) throw new Refusal('bad-signature');
  const parsed = proofSchema.safeParse(parseStrictJson(envelope.payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  if (parsed.data.by !== key.node) throw new Refusal('not-its-own-key');
  const [first, second] = parsed.data.reports;
  const proven = equivocationOf(first, second, keyOf);
  if (proven.origin !== parsed.data.origin) throw new Refusal('not-a-contradiction');
  return proven;
}

/** What two envelopes prove together. Throws Refusal when it is nothing. */
export function equivocationOf(first: string, second: string, keyOf: KeyOf): Equivocation {
  const [one, other] = [openReport(first, keyOf), openReport(second, keyOf)];
  const [a, b] = [one.report, other.report];
  const isOneSlot =
    a.origin === b.origin && a.federation === b.federation && a.day === b.day && a.seq === b.seq;
  if (!isOneSlot || one.id === other.id) throw new Refusal('not-a-contradiction');
  return { origin: a.origin, reports: one.id < other.id ? [first, second] : [second, first] };
}

function openReport(text: string, keyOf: KeyOf): { report: Report; id: string } {
  const envelope = readEnvelope(text, REPORT_BYTES_MAX);
  if (envelope.kind !== 'report') throw new Refusal('other-kind');
  const key = keyOf(envelope.keyId);
  if (!key) throw new Refusal('unknown-key');
  // A thief says what he likes: that is nothing which the origin said.
  if (key.isStolen) throw new Refusal('key-retired');
  if (!isSignedBy(envelope, key.publicKey)) throw new Refusal('bad-signature');
  const parsed = reportSchema.safeParse(parseStrictJson(envelope.payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  if (parsed.data.origin !== key.node) throw new Refusal('not-its-own-key');
  return { report: parsed.data, id: payloadId(envelope.payload) };
}
