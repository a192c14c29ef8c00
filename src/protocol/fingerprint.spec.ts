import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintWords } from './fingerprint.js';

const idOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(idOf);

describe('the words of a node id', () => {
  it('are the first 66 bits of it', () => {
    expect(fingerprintWords(idOf(new Uint8Array(32)))).toBe(
      'abandon abandon abandon abandon abandon abandon',
    );
    expect(fingerprintWords(idOf(new Uint8Array(32).fill(255)))).toBe('zoo zoo zoo zoo zoo zoo');
    // 00000000001 00000000010 … : one, two, three, four, five, six in the list.
    const bits = [1, 2, 3, 4, 5, 6].map((word) => word.toString(2).padStart(11, '0')).join('');
    const bytes = new Uint8Array(32);
    for (let at = 0; at < 66; at++) if (bits[at] === '1') bytes[at >> 3]! |= 0x80 >> (at & 7);
    expect(fingerprintWords(idOf(bytes))).toBe('ability able about above absent absorb');
  });

  it('differ as soon as one of these bits does', () => {
    fc.assert(
      fc.property(id, fc.nat(65), (node, bit) => {
        const bytes = Buffer.from(node, 'base64url');
        bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
        expect(fingerprintWords(node).split(' ')).toHaveLength(6);
        expect(fingerprintWords(bytes.toString('base64url'))).not.toBe(fingerprintWords(node));
      }),
    );
  });
});
