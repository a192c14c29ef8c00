import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Hash64, murmurHash64A } from './murmur-hash.js';

function hex(bytes: Uint8Array): string {
  const hash: Hash64 = { high: 0, low: 0 };
  murmurHash64A(bytes, hash);
  return [hash.high, hash.low].map((half) => half.toString(16).padStart(8, '0')).join('');
}

/** The algorithm as its author wrote it, in 64-bit integers. */
function reference(bytes: Uint8Array): string {
  const m = 0xc6a4a7935bd1e995n;
  const word = (from: number, to: number) =>
    bytes.subarray(from, to).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const wrap = (value: bigint) => BigInt.asUintN(64, value);
  let h = wrap(0xadc83b19n ^ wrap(BigInt(bytes.length) * m));
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    let k = wrap(word(at, at + 8) * m);
    k ^= k >> 47n;
    h = wrap((h ^ wrap(k * m)) * m);
  }
  if (whole < bytes.length) h = wrap((h ^ word(whole, bytes.length)) * m);
  h ^= h >> 47n;
  h = wrap(h * m);
  h ^= h >> 47n;
  return h.toString(16).padStart(16, '0');
}

describe('murmurHash64A', () => {
  it.each([
    ['', 'd8dfea6585bc9732'],
    ['a', '53d2470a9b43b1a7'],
    ['foo', 'e64609b8b0141cb4'],
    ['1234567', '85563db163632857'],
    ['12345678', '95ebb86389132953'],
    ['123456789', '217532cb09f2a44d'],
    ['hello, world', 'f97a3f73969996ca'],
    ['0123456789abcdef', '9f8565428eaa573d'],
  ])('hashes %j as it always did', (text, expected) => {
    expect(hex(Buffer.from(text))).toBe(expected);
  });

  it('hashes the highest bytes, where a signed shift would show', () => {
    expect(hex(new Uint8Array(16).fill(0xff))).toBe('7c71ddf496fa3e4f');
  });

  it('agrees with 64-bit arithmetic on bytes of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(hex(bytes)).toBe(reference(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads the bytes where they are, not from the start of their buffer', () => {
    const inside = Buffer.from('....0123456789abcdef....').subarray(4, 20);
    expect(hex(inside)).toBe('9f8565428eaa573d');
  });
});
