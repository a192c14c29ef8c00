import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type NodeKey, SIGNATURE_BYTES, verify } from './node-key.js';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

/**
 * DSSE v1 (secure-systems-lab): the signature is over PAE(payloadType, payload), so neither can be taken for
 * something else, and over bytes, so nothing is ever serialised again to be checked. Unknown fields of the payload
 * survive: the bytes are stored and relayed as they came.
 */
export type EnvelopeKind =
  | 'card'
  | 'keychange'
  | 'report'
  | 'proof'
  | 'total'
  | 'above'
  | 'keyrequest'
  | 'sealed'
  | 'keying'
  | 'charter'
  | 'roster';

export interface OpenEnvelope {
  kind: string;
  payload: Uint8Array;
  keyId: string;
  signature: Uint8Array;
}

const TYPE_PATTERN = /^application\/vnd\.headcount\.([a-z]{1,16})\.v1\+json$/;

const envelopeSchema = z.strictObject({
  payload: z.string(),
  payloadType: z.string().max(64),
  signatures: z
    .array(z.strictObject({ keyid: z.string().min(1).max(64), sig: z.string().length(88) }))
    .length(1),
});

/** `DSSEv1 <length of type> <type> <length of payload> <payload>` */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs the payload's JSON and answers the envelope as text. */
export function signEnvelope(kind: EnvelopeKind, payload: object, key: NodeKey): string {
  const bytes = Buffer.from(JSON.stringify(payload));
  const payloadType = typeOf(kind);
  const sig = Buffer.from(key.sign(preAuthEncoding(payloadType, bytes))).toString('base64');
  return JSON.stringify({
    payload: bytes.toString('base64'),
    payloadType,
    signatures: [{ keyid: key.keyId, sig }],
  });
}

/** Reads an envelope without believing anything in it. Throws Refusal `too-large` or `not-an-envelope`. */
export function readEnvelope(text: string, bytesMax: number): OpenEnvelope {
  // Base64 and the envelope's own fields make a payload at most half as long again.
  if (text.length > bytesMax * 1.5 + 512) throw new Refusal('too-large');
  const envelope = envelopeSchema.safeParse(jsonOf(text));
  if (!envelope.success) throw new Refusal('not-an-envelope');
  const { payload, payloadType, signatures } = envelope.data;
  const [, kind] = TYPE_PATTERN.exec(payloadType) ?? [];
  if (kind === undefined) throw new Refusal('not-an-envelope');
  const bytes = fromBase64(payload);
  if (bytes.length > bytesMax) throw new Refusal('too-large');
  const signature = fromBase64(signatures[0]!.sig);
  if (signature.length !== SIGNATURE_BYTES) throw new Refusal('not-an-envelope');
  return { kind, payload: bytes, keyId: signatures[0]!.keyid, signature };
}

/** Whether that key signed it. */
export function isSignedBy(envelope: OpenEnvelope, publicKey: Uint8Array): boolean {
  const message = preAuthEncoding(`application/vnd.headcount.${envelope.kind}.v1+json`, envelope.payload);
  return verify(message, envelope.signature, publicKey);
}

/** An object's id: hex SHA-256 of its payload bytes. */
export function payloadId(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}

/** The id of the object in one of our own envelopes. */
export function envelopeId(envelope: string): string {
  const { payload } = JSON.parse(envelope) as { payload: string };
  return payloadId(Buffer.from(payload, 'base64'));
}

function typeOf(kind: EnvelopeKind): string {
  return `application/vnd.headcount.${kind}.v1+json`;
}

function jsonOf(text: string): unknown {
  try {
    return parseStrictJson(Buffer.from(text, 'utf8'));
  } catch {
    throw new Refusal('not-an-envelope');
  }
}

/** The one way to write these bytes in base64, with padding. */
function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Refusal('not-an-envelope');
  return new Uint8Array(bytes);
}
