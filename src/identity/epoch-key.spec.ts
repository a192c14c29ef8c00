import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chainName,
  type EpochKeyPlace,
  isFederationId,
  keyCheckValue,
  keyName,
  nextEpochKey,
  parseKeyName,
} from './epoch-key.js';

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const place: EpochKeyPlace = { federation: 'fed-1', chain: 'e14e09d9', epoch: 42 };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const places: fc.Arbitrary<EpochKeyPlace> = fc.record({
  federation: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  chain: fc.stringMatching(/^[0-9a-f]{8}$/),
  epoch: fc.nat(999_999),
});

// Golden values made with Python's hmac and hashlib from the definitions in PROTOCOL.md.
describe('epoch keys', () => {
  it('are named and checked by HMAC-SHA-256', () => {
    expect(chainName(key)).toBe('e14e09d9');
    expect(keyCheckValue(key)).toBe('4dbc0b662b9043db');
  });

  it('open the next by HKDF-SHA256, without entropy and with', () => {
    expect(hex(nextEpochKey(key, place))).toBe(
      '37adbb4b345c7d6fddb9dce1a59eab1e3aadf14587fa66339586855de1bb59c0',
    );
    expect(hex(nextEpochKey(key, { ...place, entropy: new Uint8Array(32).fill(0xee) }))).toBe(
      '469b6e51f2f24fc0e5b3fb5c36a9b31d7464f2502813e741fa9802d30ec4aeda',
    );
  });

  it('differ wherever federation, chain or epoch differ, however the texts run together', () => {
    fc.assert(
      fc.property(places, places, (a, b) => {
        const isSame = a.federation === b.federation && a.chain === b.chain && a.epoch === b.epoch;
        expect(hex(nextEpochKey(key, a)) === hex(nextEpochKey(key, b))).toBe(isSame);
      }),
    );
    const digits = { federation: 'f', chain: '00000001', epoch: 1 };
    expect(hex(nextEpochKey(key, digits))).not.toBe(
      hex(nextEpochKey(key, { federation: 'f0', chain: '00000011', epoch: 1 })),
    );
  });

  it('leave the key they came from as it was', () => {
    const before = hex(key);
    nextEpochKey(key, place);
    expect(hex(key)).toBe(before);
  });

  it.each([
    { federation: '' },
    { federation: 'a\0b' },
    { federation: 'a'.repeat(65) },
    { chain: 'E14E09D9' },
    { chain: 'e14e09d' },
    { epoch: -1 },
    { epoch: 1.5 },
    { epoch: Number.NaN },
    { epoch: 1_000_000 },
  ])('are refused for %j', (change) => {
    expect(() => nextEpochKey(key, { ...place, ...change })).toThrow(RangeError);
  });

  it.each([0, 31, 33])('have 32 bytes, not %d', (length) => {
    const wrong = new Uint8Array(length);
    expect(() => nextEpochKey(wrong, place)).toThrow(RangeError);
    expect(() => chainName(wrong)).toThrow(RangeError);
    expect(() => keyCheckValue(wrong)).toThrow(RangeError);
  });
});

describe('key names', () => {
  it('read back as what they name', () => {
    fc.assert(
      fc.property(places, ({ chain, epoch }) => {
        expect(parseKeyName(keyName(chain, epoch))).toEqual({ chain, epoch });
      }),
    );
    expect(keyName('1f2e3d4c', 41)).toBe('1f2e3d4c.41');
  });

  it.each([
    '',
    '1f2e3d4c',
    '1f2e3d4c.',
    '1f2e3d4c.041',
    '1f2e3d4c.-1',
    '1F2E3D4C.1',
    '1f2e3d4c.1000000',
    '1f2e3d4c.1\n',
  ])('are refused: %j', (name) => {
    expect(() => parseKeyName(name)).toThrow(RangeError);
  });

  it('are not made of what would not read back', () => {
    expect(() => keyName('xyz', 1)).toThrow(RangeError);
    expect(() => keyName('1f2e3d4c', 1_000_000)).toThrow(RangeError);
  });
});

it('a federation id is base64url', () => {
  expect(isFederationId('IXBVIJioVxBqK7iG1Q_nwQ')).toBe(true);
  expect(isFederationId('a.b')).toBe(false);
});
