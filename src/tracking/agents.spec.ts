import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VISITOR_SCHEMES, visitorKey } from '../identity/visitor-scheme.js';
import { Agents } from './agents.js';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0';

describe('Agents', () => {
  it('tells programs that name themselves', () => {
    const agents = new Agents();
    for (let twice = 0; twice < 2; twice++) {
      expect(agents.isBot('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')).toBe(
        true,
      );
      expect(agents.isBot('curl/8.5.0')).toBe(true);
      expect(agents.isBot(BROWSER)).toBe(false);
      // No browser leaves it out.
      for (const nothing of ['', ' ']) expect(agents.isBot(nothing)).toBe(true);
    }
  });

  it('looks only at the beginning of an endless agent', () => {
    expect(new Agents().isBot(`${'Mozilla/5.0 '.repeat(2_000)} Googlebot`)).toBe(false);
  });

  it('makes the key that identity makes', () => {
    const agents = new Agents();
    const userAgent = fc.oneof(
      fc.constant(BROWSER),
      fc.string(),
      fc.string().map((s) => s.repeat(200)),
    );
    const facts = fc.record({
      address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(null), fc.string()),
      userAgent,
      cookie: fc.option(fc.string()),
      siteId: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(fc.constantFrom(...VISITOR_SCHEMES), facts, (scheme, known) => {
        expect(agents.visitorKey(scheme, known)).toEqual(visitorKey(scheme, known));
        expect(agents.visitorKey(scheme, known)).toEqual(visitorKey(scheme, known));
      }),
    );
  });
});
