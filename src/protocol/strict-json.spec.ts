import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

const bytesOf = (text: string) => Buffer.from(text, 'utf8');

function outcomeOf(bytes: Uint8Array): { value: unknown } | string {
  try {
    return { value: parseStrictJson(bytes) };
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

describe('parseStrictJson', () => {
  it.each([
    'null',
    ' {"a" : [ 1 , 2.5 , -300 ] , "b" : { } , "c" : [ ] }\n',
    '"\\u00e9 \\ud83d\\ude00 😀 \\" \\\\ }"',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '[9007199254740991,-9007199254740991,0.1,1e-7]',
    '{"a":"}","b":"\\\\","c":"\\"]"}',
    '{"constructor":1,"toString":2}',
  ])('reads %s as JSON.parse does', (text) => {
    expect(outcomeOf(bytesOf(text))).toEqual({ value: JSON.parse(text) });
  });

  it.each([
    ['nothing', ''],
    ['a comma too many', '[1,]'],
    ['a comment', '{"a":1}//'],
    ['two documents', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a key twice, far inside', '[{"x":[{"b":{},"c":1,"b":{}}]}]'],
    ['a key that changes prototypes', '{"__proto__":{"a":1}}'],
    ['the same, escaped', '{"\\u005f_proto__":1}'],
    ['an integer that a double does not hold', '9007199254740993'],
    ['the first integer that is not safe', '[9007199254740992]'],
    ['a number without end', '1e400'],
    ['a large number in disguise', '1e16'],
    ['a negative zero', '{"a":-0}'],
    ['a whole number with a fraction', '1.0'],
    ['a whole number with an exponent', '-3e2'],
    ['a number that is rounded to a whole one', '9007199254740991.4'],
    ['a number that is rounded to nothing', '1e-400'],
    ['half a surrogate pair', '"\\ud800"'],
    ['the other half', '{"\\udc00":1}'],
    ['seventeen levels', `${'['.repeat(18)}${']'.repeat(18)}`],
    ['a million levels', '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
    ['NaN', 'NaN'],
    ['a raw line feed in a string', '"a\nb"'],
  ])('refuses %s', (_what, text) => {
    expect(outcomeOf(bytesOf(text))).toBe('bad-json');
  });

  it.each([
    ['numbers', `[${'1,'.repeat(20_001)}1]`],
    ['keys', `{${Array.from({ length: 20_002 }, (_, key) => `"${key}":1`).join()}}`],
    ['broken things', `[${','.repeat(4_000_000)}`],
  ])('refuses more %s than any document has, before it makes anything of them', (_what, text) => {
    expect(outcomeOf(bytesOf(text))).toBe('too-large');
  });

  it('reads as many values as it is allowed to', () => {
    const text = JSON.stringify(Array.from({ length: 30_000 }, () => 1));
    expect(parseStrictJson(bytesOf(text), 30_000)).toHaveLength(30_000);
  });

  it.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character that was cut off', [0x22, 0xf0, 0x9f, 0x98]],
    ['UTF-16', [0x7b, 0x00, 0x7d, 0x00]],
  ])('refuses %s', (_what, bytes) => {
    expect(outcomeOf(Uint8Array.from(bytes))).toBe('bad-json');
  });

  it('reads every document that it reads exactly as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        const outcome = outcomeOf(bytesOf(text));
        if (typeof outcome !== 'string') expect(outcome.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 400 },
    );
  });

  it('reads documents of plain values, however they are nested', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.integer().map((number) => number + 0),
        fc.string({ unit: 'grapheme', maxLength: 10 }),
        fc.constantFrom(true, false, null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, fc.nat(2), (document, indent) => {
        const text = JSON.stringify(document, null, indent);
        expect(outcomeOf(bytesOf(text))).toEqual({ value: JSON.parse(text) });
      }),
      { numRuns: 300 },
    );
  });

  it('throws nothing but refusals, whatever bytes come, cut off or changed', () => {
    const text = bytesOf('{"a":[1,2.5,{"b":"\\u00e9\\\\"}],"c":null,"d":"😀"}');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.nat(text.length).map((end) => text.subarray(0, end)),
      fc.tuple(fc.nat(text.length - 1), fc.nat(255)).map(([at, value]) => {
        const changed = Uint8Array.from(text);
        changed[at] = value;
        return changed;
      }),
    );
    fc.assert(
      fc.property(bytes, (changed) => void outcomeOf(changed)),
      { numRuns: 1500 },
    );
  });
});
