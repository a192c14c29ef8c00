import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isDay } from '../clock/day.js';
import { readEnvelope, signEnvelope } from './envelope.js';
import { type CardedObject, senderOf } from './letter.js';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

/**
 * What a member that holds the key says of the key of one epoch: the check value of the key before it, the days, the
 * fresh entropy that goes into it, and who may receive keys. It holds no secret.
 */
export const KEYING_BYTES_MAX = 262_144;
/** The text of a keying's envelope. */
export const KEYING_CHARS_MAX = 393_728;
export const ENDORSEMENTS_MAX = 2000;
export const ENTROPY_BYTES = 32;

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const chain = z.string().regex(/^[0-9a-f]{8}$/);
const check = z.string().regex(/^[0-9a-f]{16}$/);
const day = z.string().refine(isDay);
const named = { name: chain, check };

const keyingSchema = z.looseObject({
  v: z.literal(1),
  from: nodeId,
  card: z.string().max(12_288),
  issuedAt: z.iso.datetime(),
  /** Grows with each keying of this node. */
  number: z.int().positive(),
  federation: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** What the chain is called in the epoch before. */
  chain,
  epoch: z.int().min(1).max(999_999),
  /** Check value of the key of the epoch before: whoever holds another one sees it at once. */
  before: check,
  first: day,
  last: day,
  /** Fresh entropy of this epoch: its SHA-256 in hex, and name and check value of the key that it leads to. */
  fresh: z.looseObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), ...named }).nullable(),
  /** An emergency cut: from that day on the federation counts under the first key of another chain. */
  cut: z
    .looseObject({
      from: day,
      ...named,
      /** Of that key, which is sealed as entropy is. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      why: z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{0,200}$/u),
    })
    .nullable(),
  /** Nodes that may receive keys, each with its sealing key (X25519, base64url). */
  endorses: z.array(z.tuple([nodeId, nodeId])).max(ENDORSEMENTS_MAX),
});

/** The part that the signer says, with its card. */
export type KeyingFields = Pick<
  z.infer<typeof keyingSchema>,
  | 'card'
  | 'issuedAt'
  | 'number'
  | 'federation'
  | 'chain'
  | 'epoch'
  | 'before'
  | 'first'
  | 'last'
  | 'fresh'
  | 'cut'
  | 'endorses'
>;

export interface Keying extends CardedObject, Omit<KeyingFields, 'card'> {}

export function signKeying(fields: KeyingFields, key: NodeKey): string {
  return signEnvelope('keying', { v: 1, from: key.nodeId, ...fields }, key);
}

/** Throws Refusal for a keying that is malformed, or that the node which it names did not sign. */
export function openKeying(text: string): Keying {
  const envelope = readEnvelope(text, KEYING_BYTES_MAX);
  if (envelope.kind !== 'keying') throw new Refusal('other-kind');
  const parsed = keyingSchema.safeParse(parseStrictJson(envelope.payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  return { ...parsed.data, ...senderOf(envelope, parsed.data) };
}

/** What the seal on fresh entropy is bound to: it opens for one member, of one keying. */
export function entropyPurpose(
  { federation, chain, epoch, from }: Pick<Keying, 'federation' | 'chain' | 'epoch' | 'from'>,
  to: string,
): string {
  return ['entropy', federation, chain, epoch, from.node, to].join('\0');
}

export function entropyHash(entropy: Uint8Array): string {
  return createHash('sha256').update(entropy).digest('hex');
}
