import {
  createHash,
  createPublicKey,
  type KeyObject,
  sign as signWithEd25519,
  verify as verifyWithEd25519,
} from 'node:crypto';

/**
 * What `src/protocol/node-key.ts` sees as node:crypto in a simulation. Signatures are a third of what one costs, so in
 * most runs a hash over public key and message stands in for them: nobody in a simulation computes that without the
 * key, and a byte that was changed is found out all the same. Some runs sign as everybody does.
 */
export * from 'node:crypto';

let areReal = true;

export function signFor(real: boolean): void {
  areReal = real;
}

export function sign(algorithm: null, message: Uint8Array, key: KeyObject): Buffer {
  return areReal ? signWithEd25519(algorithm, message, key) : seal(message, publicOf(key));
}

/** With a callback, too, it is done at once: threads would make the order of things depend on the machine. */
export function verify(
  algorithm: null,
  message: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
  done?: (error: null, isValid: boolean) => void,
): boolean {
  const isValid = areReal
    ? verifyWithEd25519(algorithm, message, key, signature)
    : seal(message, publicOf(key)).equals(signature);
  done?.(null, isValid);
  return isValid;
}

const publicKeys = new WeakMap<KeyObject, Buffer>();

function publicOf(key: KeyObject): Buffer {
  const known = publicKeys.get(key);
  if (known) return known;
  const bytes = (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });
  publicKeys.set(key, bytes);
  return bytes;
}

function seal(message: Uint8Array, key: Buffer): Buffer {
  return createHash('sha512').update(key).update(message).digest();
}
