import { createBLAKE3, type IHasher } from 'hash-wasm';
import type { VisitorScheme } from './visitor-scheme.js';

const SECRET_BYTES = 32;
const VISITOR_ID_BITS = 128;

/** Turns visitor keys into visitor ids under one secret. Synchronous, and one after the other: it has one state. */
export interface VisitorHasher {
  /** The first 16 bytes of BLAKE3 keyed with the secret over `scheme ‖ 0x00 ‖ visitor key` in UTF-8; a fresh array. */
  visitorId(scheme: VisitorScheme, visitorKey: string): Uint8Array;

  /** The same from `visitorBytes`: one person is hashed under several secrets, but written out once. */
  idOf(bytes: Uint8Array): Uint8Array;
}

/** What is hashed: `scheme ‖ 0x00 ‖ visitor key` in UTF-8. Personal data, like the key. */
export function visitorBytes(scheme: VisitorScheme, visitorKey: string): Uint8Array {
  return Buffer.from(`${scheme}\0${visitorKey}`, 'utf8');
}

/** The secret is 32 bytes and is copied. Throws RangeError for any other length. */
export async function createVisitorHasher(secret: Uint8Array): Promise<VisitorHasher> {
  if (secret.length !== SECRET_BYTES) {
    throw new RangeError(`a secret has ${SECRET_BYTES} bytes, not ${secret.length}`);
  }
  // hash-wasm reads the key again at every init, so it gets bytes that nobody else can change.
  return new Blake3VisitorHasher(await createBLAKE3(VISITOR_ID_BITS, Uint8Array.from(secret)));
}

class Blake3VisitorHasher implements VisitorHasher {
  constructor(private readonly blake3: IHasher) {}

  visitorId(scheme: VisitorScheme, visitorKey: string): Uint8Array {
    return this.idOf(visitorBytes(scheme, visitorKey));
  }

  idOf(bytes: Uint8Array): Uint8Array {
    return this.blake3.init().update(bytes).digest('binary');
  }
}
