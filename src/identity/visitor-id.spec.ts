import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBLAKE3 } from 'hash-wasm';
import { createVisitorHasher } from './visitor-id.js';
import { VISITOR_SCHEMES } from './visitor-scheme.js';

const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the hash function', () => {
  // The official vectors, keyed mode, first 16 bytes: github.com/BLAKE3-team/BLAKE3, test_vectors.json.
  it.each([
    [0, '92b2b75604ed3c761f9d6f62392c8a92'],
    [1, '6d7878dfff2f485635d39013278ae14f'],
    [1023, 'c951ecdf03288d0fcc96ee3413563d8a'],
    [1024, '75c46f6f3d9eb4f55ecaaee480db732e'],
    [1025, '357dc55de0c7e382c900fd6e320acc04'],
    [2048, '879cf1fa2ea0e79126cb1063617a05b6'],
    [3073, '68dede9bef00ba89e43f31a6825f4cf4'],
    [5121, '6ccf1c34753e7a044db80798ecd0782a'],
  ])('is BLAKE3: %d bytes', async (length, expected) => {
    const blake3 = await createBLAKE3(128, 'whats the Elvish word for friend');
    const input = Uint8Array.from({ length }, (_, index) => index % 251);
    expect(hex(blake3.update(input).digest('binary'))).toBe(expected);
    expect(hex(blake3.init().update(input).digest('binary'))).toBe(expected);
  });
});

describe('a visitor id', () => {
  // Made with another implementation of BLAKE3 (@noble/hashes) from the bytes that PROTOCOL.md names.
  it.each([
    ['ip-ua/1', '192.0.2.1\0Mozilla/ (X11; Linux x86_64) Firefox/', 'a5759bed9b0630bdcf3ef46d9e77b3ea'],
    ['ip/1', '192.0.2.1', '84dab5465ebf2e58edc97986d0faa930'],
    ['ip/1', '2001:db8:0:7::/64', '4768f2f41b53f04ec8e904884e01e300'],
    ['cookie/1', '7f8f2d1e-0e55-4a53-9c1b-2a1f7f6f9d10', '1c455f0a2c78ed96539f4384fd7bb0af'],
    ['site-id/1', 'Zoë 👋', '040bebc0b749b250b96a42c8308ef846'],
  ] as const)('of %s %j', async (scheme, key, expected) => {
    const hasher = await createVisitorHasher(secret);
    expect(hex(hasher.visitorId(scheme, key))).toBe(expected);
  });

  it('depends on secret, scheme and key, and on nothing that was hashed before', async () => {
    const hasher = await createVisitorHasher(secret);
    const other = await createVisitorHasher(secret.map((byte) => byte ^ 1));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom(...VISITOR_SCHEMES), (a, b, scheme) => {
        const id = hex(hasher.visitorId(scheme, a));
        expect(hex(hasher.visitorId(scheme, b)) === id).toBe(a === b);
        expect(hex(other.visitorId(scheme, a))).not.toBe(id);
        expect(hex(hasher.visitorId(scheme, a))).toBe(id);
        const underAll = VISITOR_SCHEMES.map((each) => hex(hasher.visitorId(each, a)));
        expect(new Set(underAll).size).toBe(VISITOR_SCHEMES.length);
      }),
    );
  });

  it('is 16 fresh bytes that the next one does not overwrite', async () => {
    const hasher = await createVisitorHasher(secret);
    const first = hasher.visitorId('ip/1', '192.0.2.1');
    const before = hex(first);
    const second = hasher.visitorId('ip/1', '192.0.2.2');
    expect(first).toHaveLength(16);
    expect(hex(first)).toBe(before);
    second.fill(0);
    expect(hex(hasher.visitorId('ip/1', '192.0.2.1'))).toBe(before);
  });

  it('stays when the caller overwrites the secret that it gave', async () => {
    const passed = Uint8Array.from(secret);
    const hasher = await createVisitorHasher(passed);
    passed.fill(0);
    expect(hex(hasher.visitorId('ip/1', '192.0.2.1'))).toBe('84dab5465ebf2e58edc97986d0faa930');
  });

  it.each([0, 16, 31, 33, 64])('needs 32 bytes of secret, not %d', async (length) => {
    await expect(createVisitorHasher(new Uint8Array(length))).rejects.toThrow(RangeError);
  });
});
