import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import { Refusal } from './refusal.js';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** RFC 8410: what stands before the 32 bytes of an Ed25519 public key in SubjectPublicKeyInfo. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** p = 2^255 − 19, big-endian. */
const FIELD_PRIME = (1n << 255n) - 19n;
/** y coordinates of the points of order 1, 2, 4 and 8: such a key signs for everything. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD_PRIME - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);
const VERIFIERS_MAX = 20_000;

/** A node's Ed25519 key pair (RFC 8032): it signs everything the node says, and its name is made of it. */
export class NodeKey {
  readonly publicKey: Uint8Array;
  /** RFC 7638 thumbprint of the public key, base64url, 43 characters: what signatures name. */
  readonly keyId: string;
  /** The thumbprint of the node's first key. */
  readonly nodeId: string;

  private constructor(
    private readonly privateKey: KeyObject,
    nodeId: string | null = null,
    /** Envelopes of each change of the node's key, oldest first (key-chain.ts). */
    readonly changes: readonly string[] = [],
  ) {
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    this.publicKey = new Uint8Array(spki.subarray(SPKI_PREFIX.length));
    this.keyId = nodeIdOf(this.publicKey);
    this.nodeId = nodeId ?? this.keyId;
  }

  static generate(): NodeKey {
    return new NodeKey(generateKeyPairSync('ed25519').privateKey);
  }

  /** @param pem PKCS #8. Throws TypeError for another kind of key. */
  static fromPem(pem: string): NodeKey {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('the node key is no Ed25519 key');
    return new NodeKey(privateKey);
  }

  /** The same key as that of a node which had others before. */
  after(nodeId: string, changes: readonly string[]): NodeKey {
    return new NodeKey(this.privateKey, nodeId, changes);
  }

  /** The 32 secret bytes that everything of the key follows from (RFC 8032). */
  seed(): Uint8Array {
    const { d } = this.privateKey.export({ format: 'jwk' });
    return new Uint8Array(Buffer.from(d ?? '', 'base64url'));
  }

  toPem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  }

  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return new Uint8Array(signBytes(null, message, this.privateKey));
  }
}

/** RFC 7638: SHA-256 over the key's JWK with its required members in order (RFC 8037 for Ed25519), base64url. */
export function nodeIdOf(publicKey: Uint8Array): string {
  const x = Buffer.from(publicKey).toString('base64url');
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}

/**
 * A public key as cards carry it: base64url of 32 bytes. Throws Refusal `bad-key` for a key that is not written in
 * the one way (y ≥ p) or of small order.
 */
export function parsePublicKey(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes.toString('base64url') !== text) throw new Refusal('bad-key');
  const y = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`) & ((1n << 255n) - 1n);
  if (y >= FIELD_PRIME || SMALL_ORDER_Y.has(y)) throw new Refusal('bad-key');
  return new Uint8Array(bytes);
}

const verifiers = new Map<string, KeyObject>();

/** Whether the signature is the key's over the message. False, never an error, for bytes of any kind. */
export function verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  try {
    return verifyBytes(null, message, verifierOf(publicKey), signature);
  } catch {
    return false;
  }
}

/** The same, in a thread of the pool: that takes a seventh of the caller's time. */
export function verifyAside(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES)
    return Promise.resolve(false);
  return new Promise((resolve) => {
    try {
      verifyBytes(null, message, verifierOf(publicKey), signature, (error, isValid) =>
        resolve(error === null && isValid),
      );
    } catch {
      resolve(false);
    }
  });
}

/** From a JWK: through OpenSSL's decoders of DER it takes as long as a verification. */
function verifierOf(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('latin1');
  const known = verifiers.get(name);
  if (known) return known;
  const x = Buffer.from(publicKey).toString('base64url');
  const verifier = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (verifiers.size >= VERIFIERS_MAX) verifiers.clear();
  verifiers.set(name, verifier);
  return verifier;
}
