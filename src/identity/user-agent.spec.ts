import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reduceUserAgent } from './user-agent.js';

const chrome = (version: string, system = 'Windows NT 10.0; Win64; x64') =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`;
const firefox = (version: string) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${version}) Gecko/20100101 Firefox/${version}`;
const safari = (system: string, version: string) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Mobile/15E148 Safari/604.1`;
const android = (model: string) =>
  `Mozilla/5.0 (Linux; Android 13; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.144 Mobile Safari/537.36`;

const version = fc
  .array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 5 })
  .map((numbers) => numbers.join('.'));

describe('reduceUserAgent', () => {
  it.each([
    [
      chrome('120.0.0.0'),
      'Mozilla/ (Windows NT ; Win64; x64) AppleWebKit/ (KHTML, like Gecko) Chrome/ Safari/',
    ],
    [firefox('121.0'), 'Mozilla/ (Windows NT ; Win64; x64; rv:) Gecko/ Firefox/'],
    [
      safari('17_2', '17.2'),
      'Mozilla/ (iPhone; CPU iPhone OS  like Mac OS X) AppleWebKit/ (KHTML, like Gecko) Version/ Mobile/ Safari/',
    ],
    [
      android('SM-G991B Build/TP1A.220624.014; wv'),
      'Mozilla/ (Linux; Android ; SM-G991B Build/; wv) AppleWebKit/ (KHTML, like Gecko) Chrome/ Mobile Safari/',
    ],
    ['Dalvik/2.1.0 (Linux; U; Android 12; 2201117TG)', 'Dalvik/ (Linux; U; Android ; 2201117TG)'],
    ['Instagram 314.0.0.20.109 Android (33/13; 420dpi; 541635890)', 'Instagram  Android (/; 420dpi; )'],
    ['player v2.1_3 [en]', 'player  [en]'],
    [
      'Mozilla/5.0 (compatible; +https://example.com/page)',
      'Mozilla/ (compatible; +https://example.com/page)',
    ],
    ['1.2', ''],
    ['', ''],
  ])('%s', (userAgent, reduced) => {
    expect(reduceUserAgent(userAgent)).toBe(reduced);
  });

  it('stays the same through every update of browser and system', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(reduceUserAgent(chrome(a))).toBe(reduceUserAgent(chrome(b)));
        expect(reduceUserAgent(chrome('1', `Linux; Android ${a}; Pixel 7`))).toBe(
          reduceUserAgent(chrome('1', `Linux; Android ${b}; Pixel 7`)),
        );
        expect(reduceUserAgent(firefox(a))).toBe(reduceUserAgent(firefox(b)));
        const underscored = a.replaceAll('.', '_');
        expect(reduceUserAgent(safari(underscored, a))).toBe(reduceUserAgent(safari('17_2_1', b)));
      }),
    );
  });

  it('tells browsers, systems and models apart', () => {
    const agents = [
      chrome('120'),
      `${chrome('120')} Edg/120`,
      firefox('120'),
      safari('17_2', '17'),
      safari('17_2', '17').replaceAll('iPhone', 'iPad'),
      chrome('120', 'X11; Linux x86_64'),
      chrome('120', 'Macintosh; Intel Mac OS X 10_15_7'),
      android('K'),
      android('SM-G991B'),
      android('SM-A536B'),
    ];
    expect(new Set(agents.map(reduceUserAgent)).size).toBe(agents.length);
  });

  it('changes nothing more when it is used again', () => {
    const pieces = fc.constantFrom(
      '/',
      ' ',
      ';',
      ':',
      '(',
      ')',
      ',',
      'v',
      'V',
      '1',
      '23',
      '.',
      '_',
      'a',
      'Win64',
      '\0',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 80 }), (parts) => {
        const once = reduceUserAgent(parts.join(''));
        expect(reduceUserAgent(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps at most 512 characters, the same ones when a version before the cut grows', () => {
    const long = (v: string) => `Chrome/${v} ${'long '.repeat(300)}`;
    expect(reduceUserAgent(long('99'))).toHaveLength(512);
    expect(reduceUserAgent(long('99'))).toBe(reduceUserAgent(long('100.0.4896.127')));
  });

  it.each([
    ['digits', '1'.repeat(1e6)],
    ['almost versions', '1.'.repeat(5e5)],
    ['slashes', '/1'.repeat(5e5)],
    ['one long product', `/${'a1'.repeat(5e5)}`],
    ['a product without a digit', `/${'a'.repeat(1e6)}`],
    ['words that begin like versions', ' v1a'.repeat(2.5e5)],
  ])('is done at once with a megabyte of %s', (_, hostile) => {
    const startMs = performance.now();
    for (let i = 0; i < 100; i++) reduceUserAgent(hostile);
    // Quadratic work on 2,048 characters would take seconds.
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
