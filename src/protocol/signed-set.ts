import * as z from 'zod';
import { type NodeCard, openCard } from './card.js';
import { type EnvelopeKind, isSignedBy, payloadId, readEnvelope } from './envelope.js';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

/**
 * What several nodes have signed: one envelope of each, all over the same bytes, and the cards that make the
 * signatures checkable without asking anybody.
 */
export interface SignedSet {
  /** Hex SHA-256 of the payload. */
  id: string;
  payload: Uint8Array;
  /** Whoever signed, with the keys of its card, by node id. */
  signers: ReadonlyMap<string, NodeCard>;
}

export const SIGNERS_MAX = 16;
const CARD_CHARS_MAX = 12_800;

const setSchema = z.strictObject({
  envelopes: z.array(z.string()).min(1).max(SIGNERS_MAX),
  cards: z.array(z.string().max(CARD_CHARS_MAX)).min(1).max(SIGNERS_MAX),
});

export function formatSignedSet(envelopes: readonly string[], cards: readonly string[]): string {
  return JSON.stringify({ envelopes, cards });
}

/** The two lists of a set, unchecked. Throws Refusal. */
export function partsOfSet(text: string): { envelopes: string[]; cards: string[] } {
  const parsed = setSchema.safeParse(parseStrictJson(Buffer.from(text)));
  if (!parsed.success) throw new Refusal('not-an-envelope');
  return parsed.data;
}

/**
 * Throws Refusal unless all envelopes are of that kind and of one payload, and each is signed by another node whose
 * card is there, with a key that was in use at the time.
 */
export function openSignedSet(
  text: string,
  kind: EnvelopeKind,
  bytesMax: number,
  issuedMs: (payload: Uint8Array) => number,
): SignedSet {
  const { envelopes, cards } = partsOfSet(text);
  const opened = envelopes.map((envelope) => readEnvelope(envelope, bytesMax));
  const [first] = opened;
  const id = payloadId(first!.payload);
  if (opened.some((one) => one.kind !== kind)) throw new Refusal('other-kind');
  if (opened.some(({ payload }) => payloadId(payload) !== id)) throw new Refusal('not-an-envelope');
  const known = cards.map(openCard);
  const atMs = issuedMs(first!.payload);
  const signers = new Map<string, NodeCard>();
  for (const envelope of opened) {
    const { card, key } = signerOf(known, envelope.keyId);
    if (key.isStolen || (key.retiredMs !== null && key.retiredMs < atMs)) throw new Refusal('key-retired');
    if (!isSignedBy(envelope, key.publicKey)) throw new Refusal('bad-signature');
    if (signers.has(card.node)) throw new Refusal('not-an-envelope');
    signers.set(card.node, card);
  }
  return { id, payload: first!.payload, signers };
}

function signerOf(cards: readonly NodeCard[], keyId: string) {
  for (const card of cards) {
    const key = card.keys.find((one) => one.keyId === keyId);
    if (key) return { card, key };
  }
  throw new Refusal('unknown-key');
}
