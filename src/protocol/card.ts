import * as z from 'zod';
import { type EnvelopeKind, isSignedBy, type OpenEnvelope, readEnvelope, signEnvelope } from './envelope.js';
import { KEY_CHANGES_MAX, openKeyChain, type SigningKey } from './key-chain.js';
import { type NodeKey, parsePublicKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

export const CARD_BYTES_MAX = 8192;
export const PROTOCOL_VERSION = 1;

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** Without control, invisible and direction characters, which could make one name look like another. */
export const nodeName = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,80}$/u);

const softwareText = z.string().regex(/^[\x20-\x7e]{0,64}$/);

const cardSchema = z.looseObject({
  v: z.literal(PROTOCOL_VERSION),
  node: nodeId,
  /** The key in use. */
  publicKey: z.string().length(43),
  /** Each change of the node's key, oldest first. Left out while it has its first one. */
  keyChanges: z.array(z.string().max(2048)).min(1).max(KEY_CHANGES_MAX).optional(),
  /** X25519, base64url: what is sealed to the node is sealed to this key. Absent on cards of before. */
  sealKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
  name: nodeName.nullable(),
  url: z.string().max(512).refine(isPlainUrl, 'not a plain http(s) URL').nullable(),
  software: z.looseObject({ name: softwareText, version: softwareText }),
  protocol: z.array(z.int().min(1).max(1000)).min(1).max(16),
  /** Agrees to be shown by name in public lists. */
  listed: z.boolean(),
  /** Counts a site of its own; a hub that does not holds no key. */
  counting: z.boolean(),
  /** Grows with each change of the card. */
  version: z.int().positive(),
});

/** The part of a card that its node chooses. */
export type CardFields = Pick<
  z.infer<typeof cardSchema>,
  'name' | 'url' | 'software' | 'listed' | 'counting' | 'version'
> & { sealKey?: string | undefined };

/** What a node says of itself. It certifies itself: the node id is made of its first key, which leads to the one in use. */
export interface NodeCard extends CardFields {
  node: string;
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** All its keys, the one in use last. */
  keys: readonly SigningKey[];
  keyChanges: readonly string[];
  /** Versions it speaks. */
  protocol: number[];
}

export function signCard(fields: CardFields, key: NodeKey): string {
  const publicKey = Buffer.from(key.publicKey).toString('base64url');
  const keyChanges = key.changes.length > 0 ? { keyChanges: key.changes } : {};
  const own = {
    v: PROTOCOL_VERSION,
    node: key.nodeId,
    publicKey,
    ...keyChanges,
    protocol: [PROTOCOL_VERSION],
  };
  return signEnvelope('card', { ...own, ...fields }, key);
}

/** Throws Refusal for a card that is malformed or was not signed by the key it holds. */
export function openCard(text: string): NodeCard {
  const envelope = readEnvelope(text, CARD_BYTES_MAX);
  if (envelope.kind !== 'card') throw new Refusal('other-kind');
  const card = cardSchema.safeParse(parseStrictJson(envelope.payload));
  if (!card.success) throw new Refusal('bad-schema');
  const publicKey = parsePublicKey(card.data.publicKey);
  const { node, keyChanges = [] } = card.data;
  const keys = openKeyChain(keyChanges, publicKey);
  const { node: owner, keyId } = keys[keys.length - 1]!;
  if (node !== owner || envelope.keyId !== keyId) throw new Refusal('not-its-own-key');
  if (!isSignedBy(envelope, publicKey)) throw new Refusal('bad-signature');
  return { ...card.data, publicKey, keys, keyChanges };
}

/**
 * Reads an envelope that a node signed with the key that it has now. Throws Refusal for another kind, another key and
 * another signature.
 */
export function readSignedBy(
  { keys, publicKey }: NodeCard,
  text: string,
  kind: EnvelopeKind,
  bytesMax: number,
): OpenEnvelope {
  const envelope = readEnvelope(text, bytesMax);
  if (envelope.kind !== kind) throw new Refusal('other-kind');
  if (envelope.keyId !== keys.at(-1)?.keyId) throw new Refusal('not-its-own-key');
  if (!isSignedBy(envelope, publicKey)) throw new Refusal('bad-signature');
  return envelope;
}

/** A card that was opened before it was kept: nothing of it is checked again, which takes a thirtieth of the time. */
export function keptCard(text: string): NodeCard {
  const { payload } = JSON.parse(text) as { payload: string };
  const card = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as z.infer<typeof cardSchema>;
  const publicKey = new Uint8Array(Buffer.from(card.publicKey, 'base64url'));
  const { keyChanges = [] } = card;
  return { ...card, publicKey, keys: openKeyChain(keyChanges, publicKey), keyChanges };
}

/** The key that the node signs with now, when it is of that id. */
export function keyInUse(card: NodeCard, keyId: string): SigningKey | null {
  return card.keys.find((key) => key.keyId === keyId && key.retiredMs === null) ?? null;
}

/** An http(s) URL without credentials, query and fragment, as a URL parser writes it. */
export function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash, href } = new URL(text);
  // As a URL parser writes it: nothing that a terminal, a log or a page would read otherwise.
  const isWrittenOut = href === text || href === `${text}/`;
  return (
    (protocol === 'https:' || protocol === 'http:') &&
    !username &&
    !password &&
    !search &&
    !hash &&
    isWrittenOut
  );
}
