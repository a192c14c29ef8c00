import { hkdfSync } from 'node:crypto';
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';

export const SEAL_KEY_BYTES = 32;
/** The plaintexts are a line of text or a key; what is longer is none of ours. */
export const SEALED_BYTES_MAX = 4096;

/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM: RFC 9180, base mode, as in its appendix A.1. */
export const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

/** What HPKE makes of a plaintext. */
export interface Sealed {
  /** 32 bytes. */
  enc: Uint8Array;
  ciphertext: Uint8Array;
}

type KeyPair = Awaited<ReturnType<typeof suite.kem.deriveKeyPair>>;

/**
 * The key pair that secrets are sealed to. It follows from the node key, so that there is one file to keep safe, and
 * whoever restores the node can open what was sealed to it.
 */
export class SealingKey {
  private constructor(
    readonly publicKey: Uint8Array,
    private readonly pair: KeyPair,
  ) {}

  static async of(nodeKey: NodeKey): Promise<SealingKey> {
    const material = hkdfSync('sha256', nodeKey.seed(), '', 'headcount/v1/sealing-key', SEAL_KEY_BYTES);
    const pair = await suite.kem.deriveKeyPair(material);
    const publicKey = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
    return new SealingKey(publicKey, pair);
  }

  /** Throws Refusal `bad-seal` for what was sealed to somebody else, for another purpose, or changed since. */
  async open({ enc, ciphertext }: Sealed, purpose: string): Promise<Uint8Array> {
    if (ciphertext.length > SEALED_BYTES_MAX) throw new Refusal('bad-seal');
    try {
      const info = infoOf(purpose);
      const opened = await suite.open(
        { recipientKey: this.pair, enc: bufferOf(enc), info },
        bufferOf(ciphertext),
      );
      return new Uint8Array(opened);
    } catch {
      throw new Refusal('bad-seal');
    }
  }
}

/**
 * @param recipient 32 bytes, the recipient's public sealing key. Throws Refusal `bad-seal` for one that is none.
 * @param purpose Who seals what to whom: the seal opens for the same purpose only.
 * @param ephemeral 32 random bytes.
 */
export async function sealTo(
  recipient: Uint8Array,
  purpose: string,
  plaintext: Uint8Array,
  ephemeral: Uint8Array,
): Promise<Sealed> {
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(bufferOf(recipient));
    const ekm = await suite.kem.deriveKeyPair(bufferOf(ephemeral));
    const { enc, ct } = await suite.seal(
      { recipientPublicKey, ekm, info: infoOf(purpose) },
      bufferOf(plaintext),
    );
    return { enc: new Uint8Array(enc), ciphertext: new Uint8Array(ct) };
  } catch {
    throw new Refusal('bad-seal');
  }
}

function infoOf(purpose: string): ArrayBuffer {
  return bufferOf(Buffer.from(`headcount/v1/seal\0${purpose}`));
}

/** The bytes alone: a view may lie in a larger pool. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
