import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Epoch keys are a ratchet: each opens the next and none the one before, so that every member of a federation
 * turns in step without a message, and whoever seizes a node finds no key of the past. See PROTOCOL.md.
 */
export const EPOCH_KEY_BYTES = 32;
/** Report key names have up to six digits; 2,700 years of daily epochs. */
export const EPOCH_MAX = 999_999;

const CHAIN_PATTERN = /^[0-9a-f]{8}$/;
const FEDERATION_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
const KEY_NAME_PATTERN = /^([0-9a-f]{8})\.(0|[1-9]\d{0,5})$/;

/** Where in which chain a key stands. */
export interface EpochKeyPlace {
  federation: string;
  chain: string;
  /** Of the key that results. */
  epoch: number;
  /** R of that epoch: what the members got sealed, in bytes. Absent until sealed delivery exists. */
  entropy?: Uint8Array;
}

/** Whether the text can be a federation's id: 1 to 64 characters of base64url. */
export function isFederationId(text: string): boolean {
  return FEDERATION_PATTERN.test(text);
}

/** The first 8 hex digits of HMAC-SHA-256(first key of the chain, "chain"). */
export function chainName(firstKey: Uint8Array): string {
  return label(firstKey, 'chain', 8);
}

/** 16 hex digits that tell whether two nodes hold the same key: the beginning of HMAC-SHA-256(key, "check"). */
export function keyCheckValue(key: Uint8Array): string {
  return label(key, 'check', 16);
}

function label(key: Uint8Array, text: string, hexDigits: number): string {
  requireKey(key);
  return createHmac('sha256', key).update(text).digest('hex').slice(0, hexDigits);
}

/**
 * The key of `place.epoch` from the key of the epoch before: HKDF-SHA256 with the entropy (or nothing) as salt and
 * as info the UTF-8 of `headcount/v1/epoch`, the federation id, the chain's name and the epoch in decimal, with one
 * NUL between each. None of them can hold a NUL, so no two places share an info. Throws RangeError when a part is
 * out of its range.
 */
export function nextEpochKey(key: Uint8Array, place: EpochKeyPlace): Uint8Array {
  requireKey(key);
  requirePlace(place.chain, place.epoch);
  if (!isFederationId(place.federation))
    throw new RangeError('a federation id is 1 to 64 characters of base64url');
  const info = ['headcount/v1/epoch', place.federation, place.chain, place.epoch].join('\0');
  return new Uint8Array(hkdfSync('sha256', key, place.entropy ?? new Uint8Array(0), info, EPOCH_KEY_BYTES));
}

function requireKey(key: Uint8Array): void {
  if (key.length !== EPOCH_KEY_BYTES) {
    throw new RangeError(`an epoch key has ${EPOCH_KEY_BYTES} bytes, not ${key.length}`);
  }
}

function requirePlace(chain: string, epoch: number): void {
  if (!CHAIN_PATTERN.test(chain)) throw new RangeError('a chain is named by 8 hex digits');
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > EPOCH_MAX) throw new RangeError(`no epoch: ${epoch}`);
}

/** `<chain>.<epoch>`, as reports and sketches are labelled. Throws RangeError for what can't be read back. */
export function keyName(chain: string, epoch: number): string {
  requirePlace(chain, epoch);
  return `${chain}.${epoch}`;
}

/** Throws RangeError for anything but the one text that keyName gives. */
export function parseKeyName(name: string): { chain: string; epoch: number } {
  const [, chain, epoch] = KEY_NAME_PATTERN.exec(name) ?? [];
  if (chain === undefined) throw new RangeError('a key is named <8 hex digits>.<epoch>');
  return { chain, epoch: Number(epoch) };
}
