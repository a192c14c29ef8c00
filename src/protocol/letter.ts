import * as z from 'zod';
import { keyInUse, type NodeCard, openCard } from './card.js';
import { isSignedBy, type OpenEnvelope, payloadId, readEnvelope, signEnvelope } from './envelope.js';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { SEALED_BYTES_MAX, type Sealed } from './sealing-key.js';
import { parseStrictJson } from './strict-json.js';

/**
 * What nodes leave for each other at a hub that must not read it. Both kinds carry their sender's card, so that they
 * can be checked without asking anybody; neither is believed because of who delivered it.
 */
export const LETTER_BYTES_MAX = 16_384;

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const instant = z.iso.datetime();
const base64 = z.base64();
const addressed = { v: z.literal(1), from: nodeId, card: z.string().max(12_288), issuedAt: instant };

/** A node asks for the federation's key: a member that invited it, or any that holds the key. */
const requestSchema = z.looseObject({
  ...addressed,
  to: nodeId.or(z.literal('any')),
  /** What shows that the sender holds the invite; null without one. */
  proof: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
/** A member gives a node the federation's line, sealed to the key on the node's card. */
const sealedSchema = z.looseObject({
  ...addressed,
  to: nodeId,
  federation: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  enc: base64.length(44),
  ciphertext: base64.max(Math.ceil(SEALED_BYTES_MAX / 3) * 4),
});

/** Who signed something that carries its signer's card, and when. */
export interface CardedObject {
  /** Hex SHA-256 of the payload. */
  id: string;
  from: NodeCard;
  issuedAt: string;
}

export interface KeyRequest extends CardedObject {
  kind: 'keyrequest';
  /** Node id, or `any`. */
  to: string;
  proof: string | null;
}

export interface SealedLine extends CardedObject {
  kind: 'sealed';
  to: string;
  federation: string;
  sealed: Sealed;
}

export type Letter = KeyRequest | SealedLine;

export function signKeyRequest(
  fields: { to: string; proof: string | null; card: string; issuedAt: string },
  key: NodeKey,
): string {
  return signEnvelope('keyrequest', { v: 1, from: key.nodeId, ...fields }, key);
}

export function signSealedLine(
  { sealed, ...fields }: { to: string; federation: string; sealed: Sealed; card: string; issuedAt: string },
  key: NodeKey,
): string {
  const [enc, ciphertext] = [sealed.enc, sealed.ciphertext].map((bytes) =>
    Buffer.from(bytes).toString('base64'),
  );
  return signEnvelope('sealed', { v: 1, from: key.nodeId, ...fields, enc, ciphertext }, key);
}

/** What the seal is bound to: a line sealed for one member of one federation opens for nothing else. */
export function sealPurpose({
  federation,
  from,
  to,
}: {
  federation: string;
  from: string;
  to: string;
}): string {
  return [federation, from, to].join('\0');
}

/** Throws Refusal for a letter that is malformed, or that the node which it names did not sign. */
export function openLetter(text: string): Letter {
  const envelope = readEnvelope(text, LETTER_BYTES_MAX);
  if (envelope.kind === 'keyrequest') {
    const fields = read(requestSchema, envelope);
    return { ...senderOf(envelope, fields), kind: 'keyrequest', to: fields.to, proof: fields.proof };
  }
  if (envelope.kind !== 'sealed') throw new Refusal('other-kind');
  const fields = read(sealedSchema, envelope);
  const { to, federation, enc, ciphertext } = fields;
  const sealed = { enc: bytesOf(enc), ciphertext: bytesOf(ciphertext) };
  return { ...senderOf(envelope, fields), kind: 'sealed', to, federation, sealed };
}

/** Throws Refusal when the envelope is not signed with the key in use of the node that it names. */
export function senderOf(
  envelope: OpenEnvelope,
  { from, card, issuedAt }: { from: string; card: string; issuedAt: string },
): CardedObject {
  const sender = openCard(card);
  if (sender.node !== from || !keyInUse(sender, envelope.keyId)) throw new Refusal('not-its-own-key');
  if (!isSignedBy(envelope, sender.publicKey)) throw new Refusal('bad-signature');
  return { id: payloadId(envelope.payload), from: sender, issuedAt };
}

function read<T>(schema: z.ZodType<T>, { payload }: OpenEnvelope): T {
  const parsed = schema.safeParse(parseStrictJson(payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}

function bytesOf(base64Text: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64Text, 'base64'));
}
