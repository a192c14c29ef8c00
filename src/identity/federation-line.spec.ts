import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../clock/day.js';
import { keyCheckValue } from './epoch-key.js';
import {
  type FederationLine,
  FederationLineError,
  formatFederationLine,
  isFederationName,
  parseFederationLine,
} from './federation-line.js';
import { VISITOR_SCHEMES } from './visitor-scheme.js';

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const line: FederationLine = {
  federation: 'fed-1',
  name: 'Würfel & Söhne',
  calendar: { dayZero: '2026-10-01', epochDays: 30 },
  scheme: 'ip-ua/1',
  chain: { name: 'e14e09d9', epoch: 1, key, check: '4dbc0b662b9043db' },
};
const text =
  'headcount-federation:1:eyJmZWRlcmF0aW9uIjoiZmVkLTEiLCJuYW1lIjoiV8O8cmZlbCAmIFPDtmhuZSIsImRheVplcm8iOiIyMDI2LTEwLTAxIiwiZXBvY2hEYXlzIjozMCwic2NoZW1lIjoiaXAtdWEvMSIsImNoYWluIjoiZTE0ZTA5ZDkiLCJlcG9jaCI6MSwia2V5IjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOCIsImNoZWNrIjoiNGRiYzBiNjYyYjkwNDNkYiJ9:d458338dec1ed612';

const lines: fc.Arbitrary<FederationLine> = fc
  .record({
    federation: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
    name: fc.string({ maxLength: 32, unit: 'grapheme' }).filter(isFederationName),
    offset: fc.nat(20_000),
    epochDays: fc.integer({ min: 1, max: 366 }),
    scheme: fc.constantFrom(...VISITOR_SCHEMES),
    chain: fc.stringMatching(/^[0-9a-f]{8}$/),
    epoch: fc.nat(999_999),
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    isPublic: fc.boolean(),
  })
  .map(({ federation, name, offset, epochDays, scheme, chain, epoch, key: bytes, isPublic }) => ({
    federation,
    name,
    calendar: { dayZero: addDays('2000-01-01', offset), epochDays },
    scheme,
    chain: { name: chain, epoch, key: isPublic ? null : new Uint8Array(bytes), check: keyCheckValue(bytes) },
  }));

function refusalOf(refused: string): FederationLineError {
  try {
    parseFederationLine(refused);
  } catch (error) {
    if (error instanceof FederationLineError) return error;
    throw error;
  }
  throw new Error('the line was taken');
}

/** A line with a right checksum around whatever fields. */
function sealed(fields: unknown): string {
  return sealedText(typeof fields === 'string' ? fields : JSON.stringify(fields));
}

function sealedText(json: string): string {
  const body = `headcount-federation:1:${Buffer.from(json).toString('base64url')}`;
  return `${body}:${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
}

const fields = JSON.parse(Buffer.from(text.split(':')[2] ?? '', 'base64url').toString()) as Record<
  string,
  unknown
>;

describe('a federation line', () => {
  it('is written and read as these very characters', () => {
    expect(formatFederationLine(line)).toBe(text);
    expect(parseFederationLine(text)).toEqual(line);
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(lines, (any) => {
        const written = formatFederationLine(any);
        expect(written).toMatch(/^[\x21-\x7e]+$/);
        expect(parseFederationLine(written)).toEqual(any);
      }),
    );
  });

  it('may have white space around it, as pasted text has', () => {
    expect(parseFederationLine(`  ${text}\r\n`)).toEqual(line);
  });

  it('holds no key when it is public', () => {
    const written = formatFederationLine({ ...line, chain: { ...line.chain, key: null } });
    expect(Buffer.from(written.split(':')[2] ?? '', 'base64url').toString()).not.toContain(
      Buffer.from(key).toString('base64url'),
    );
    expect(parseFederationLine(written).chain).toEqual({ ...line.chain, key: null });
  });

  it('is refused when cut off anywhere', () => {
    for (let length = 0; length < text.length; length++) {
      expect(refusalOf(text.slice(0, length)).reason).toMatch(/not-a-line|unknown-version|damaged/);
    }
  });

  it('is refused when any one character is another', () => {
    for (let index = 0; index < text.length; index++) {
      const other = text[index] === 'A' ? 'B' : 'A';
      const changed = `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
      expect(refusalOf(changed).reason).toMatch(/not-a-line|unknown-version|damaged/);
    }
  });

  it.each([
    ['', 'not-a-line'],
    ['https://hub.example', 'not-a-line'],
    [`x${text}`, 'not-a-line'],
    [text.replace(':1:', ':3:'), 'unknown-version'],
    [text.replace(':1:', ':01:'), 'unknown-version'],
    [`${text}:`, 'damaged'],
    [`${text}0`, 'damaged'],
    [text.toLowerCase(), 'damaged'],
    [`headcount-federation:1:${'A'.repeat(5_000)}:0000000000000000`, 'too-long'],
    [sealed('{'), 'malformed'],
    [sealed(null), 'malformed'],
    [sealed([]), 'malformed'],
  ])('%j is refused: %s', (refused, reason) => {
    expect(refusalOf(refused).reason).toBe(reason);
  });

  it.each([
    { federation: '' },
    { federation: 'a b' },
    { federation: 7 },
    { name: 'a\nb' },
    { name: '\u001b[2J' },
    { name: 'n'.repeat(65) },
    { dayZero: '2026-02-30' },
    { epochDays: 0 },
    { epochDays: 367 },
    { epochDays: 30.5 },
    { scheme: 'ip-ua/2' },
    { chain: 'E14E09D9' },
    { epoch: -1 },
    { epoch: 1_000_000 },
    { key: 'AAEC' },
    { key: undefined },
    { check: '4DBC0B662B9043DB' },
    { extra: 1 },
    { __proto__x: 1 },
  ])('with a right checksum around %j is malformed, and the message names the field', (change) => {
    const refusal = refusalOf(sealed({ ...fields, ...change }));
    expect(refusal.reason).toBe('malformed');
    const [field] = Object.keys(change);
    if (field !== undefined && field in fields) expect(refusal.message).toContain(field);
  });

  it('is refused when key and check value do not belong together', () => {
    const otherKey = Buffer.from(key.map((byte) => byte ^ 1)).toString('base64url');
    const refusal = refusalOf(sealed({ ...fields, key: otherKey }));
    expect(refusal.reason).toBe('wrong-check-value');
    expect(refusal.message).not.toContain(otherKey);
  });

  it('takes no second way to write the same key', () => {
    // The last character of 32 bytes in base64url has two bits to spare.
    expect(refusalOf(sealed({ ...fields, key: `${String(fields.key).slice(0, -1)}9` })).reason).toBe(
      'malformed',
    );
  });

  it('is never quoted in a refusal', () => {
    for (const refused of [
      `${text}0`,
      sealed(`{"key":"${fields.key}"`),
      sealed({ ...fields, extra: 'secret' }),
    ]) {
      expect(refusalOf(refused).message).not.toMatch(/AAECAwQ|secret|eyJmZW/);
      expect(refusalOf(refused).cause).toBeUndefined();
    }
  });
});
