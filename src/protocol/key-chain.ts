import * as z from 'zod';
import { isSignedBy, payloadId, readEnvelope, signEnvelope } from './envelope.js';
import { NodeKey, nodeIdOf, parsePublicKey, SIGNATURE_BYTES, verify } from './node-key.js';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

/**
 * A node keeps its name when it changes its key: each change is said under the old key and consented to under the new
 * one, and the node's card carries all of them, so that whoever reads the card needs nobody's word. The node id stays
 * the thumbprint of the first key.
 */
export const KEY_CHANGES_MAX = 6;
const CHANGE_BYTES_MAX = 768;

const changeSchema = z.looseObject({
  v: z.literal(1),
  node: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** 1 for the first change. */
  number: z.int().min(1).max(KEY_CHANGES_MAX),
  from: z.string().length(43),
  to: z.string().length(43),
  at: z.iso.datetime(),
  /** Somebody else has the old key: what it signs is refused from now on, whatever time it claims. */
  stolen: z.boolean(),
  /** The new key's signature over all of the above, base64. */
  consent: z.base64().length(88),
});
type Change = z.infer<typeof changeSchema>;

/** A key that a node signs with, or once did. */
export interface SigningKey {
  node: string;
  /** RFC 7638 thumbprint, base64url: what signatures name. That of a node's first key is its node id. */
  keyId: string;
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** When the next key took its place; null for the one in use. */
  retiredMs: number | null;
  isStolen: boolean;
}

/**
 * The key that takes the place of `key`, for the same node. Throws RangeError when the node has changed its key as
 * often as a card can say.
 */
export function changeKey(
  key: NodeKey,
  next: NodeKey,
  { nowMs, stolen }: { nowMs: number; stolen: boolean },
): NodeKey {
  const number = key.changes.length + 1;
  if (number > KEY_CHANGES_MAX)
    throw new RangeError(`a node changes its key ${KEY_CHANGES_MAX} times at most`);
  // A clock that was put back since the last change: a chain whose times fall is none, and the node would not start.
  const lastMs = key.changes.map((change) => Date.parse(openChange(change).at)).at(-1) ?? 0;
  const at = new Date(Math.max(nowMs, lastMs)).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const said = { v: 1, node: key.nodeId, number, from: textOf(key), to: textOf(next), at, stolen } as const;
  const consent = Buffer.from(next.sign(consentedTo(said))).toString('base64');
  return next.after(key.nodeId, [...key.changes, signEnvelope('keychange', { ...said, consent }, key)]);
}

/**
 * All keys of a node, the one in use last. Throws Refusal: `bad-key-chain` when the changes do not lead from one key
 * to the next up to `publicKey`, `bad-signature` when one of them was not said under both keys.
 */
export function openKeyChain(changes: readonly string[], publicKey: Uint8Array): SigningKey[] {
  const opened = changes.map(openChange);
  const first = opened[0] ? parsePublicKey(opened[0].from) : publicKey;
  const node = nodeIdOf(first);
  let current = first;
  let sinceMs = 0;
  const keys = opened.map((change, index): SigningKey => {
    const atMs = Date.parse(change.at);
    const follows = change.node === node && change.number === index + 1 && atMs >= sinceMs;
    if (!follows || change.from !== base64url(current)) throw new Refusal('bad-key-chain');
    const key = { node, keyId: nodeIdOf(current), publicKey: current };
    current = parsePublicKey(change.to);
    sinceMs = atMs;
    return { ...key, retiredMs: atMs, isStolen: change.stolen };
  });
  if (base64url(current) !== base64url(publicKey)) throw new Refusal('bad-key-chain');
  return [...keys, { node, keyId: nodeIdOf(current), publicKey: current, retiredMs: null, isStolen: false }];
}

/**
 * Whether the key could sign something at that time. What a stolen key signed can't be told from what the thief did:
 * its owner signs all of it again under the next key.
 */
export function mayHaveSigned({ retiredMs, isStolen }: SigningKey, atMs: number): boolean {
  return retiredMs === null || (!isStolen && atMs <= retiredMs);
}

/** The key in use of a node that never changed it. */
export function onlyKey(publicKey: Uint8Array): SigningKey {
  const node = nodeIdOf(publicKey);
  return { node, keyId: node, publicKey, retiredMs: null, isStolen: false };
}

/** The first change that two chains of one node say differently; null when one only goes on where the other ends. */
export function forkOf(one: readonly string[], other: readonly string[]): number | null {
  const length = Math.min(one.length, other.length);
  const at = one.slice(0, length).findIndex((change, index) => idOf(change) !== idOf(other[index] ?? ''));
  return at === -1 ? null : at;
}

function openChange(text: string): Change {
  const envelope = readEnvelope(text, CHANGE_BYTES_MAX);
  if (envelope.kind !== 'keychange') throw new Refusal('other-kind');
  const parsed = changeSchema.safeParse(parseStrictJson(envelope.payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  const change = parsed.data;
  const [from, to] = [parsePublicKey(change.from), parsePublicKey(change.to)];
  if (envelope.keyId !== nodeIdOf(from)) throw new Refusal('not-its-own-key');
  const consent = new Uint8Array(Buffer.from(change.consent, 'base64'));
  const isConsented = consent.length === SIGNATURE_BYTES && verify(consentedTo(change), consent, to);
  if (!isSignedBy(envelope, from) || !isConsented) throw new Refusal('bad-signature');
  return change;
}

/** No field can hold a NUL, so no two changes are consented to by the same bytes. */
function consentedTo({ node, number, from, to, at, stolen }: Omit<Change, 'consent'>): Uint8Array {
  return Buffer.from(['headcount/v1/key-change', node, number, from, to, at, stolen].join('\0'));
}

function idOf(change: string): string {
  return payloadId(readEnvelope(change, CHANGE_BYTES_MAX).payload);
}

function textOf(key: NodeKey): string {
  return base64url(key.publicKey);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
