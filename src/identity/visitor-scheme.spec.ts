import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reduceAddress } from './address.js';
import { reduceUserAgent } from './user-agent.js';
import { schemeOf, VISITOR_SCHEMES, type VisitorFacts, visitorKey } from './visitor-scheme.js';

const facts: VisitorFacts = {
  address: '::ffff:192.0.2.1',
  userAgent: 'Firefox/120.0',
  cookie: '7f8f2d1e-0e55-4a53-9c1b-2a1f7f6f9d10',
  siteId: 'user 17',
};

describe('visitorKey', () => {
  it.each([
    ['ip-ua/1', '192.0.2.1\0Firefox/'],
    ['ip/1', '192.0.2.1'],
    ['cookie/1', '7f8f2d1e-0e55-4a53-9c1b-2a1f7f6f9d10'],
    ['site-id/1', 'user 17'],
  ] as const)('%s', (scheme, key) => {
    expect(visitorKey(scheme, facts)).toEqual({ key });
  });

  it('follows the setting', () => {
    expect((['ip-ua', 'ip', 'cookie', 'site-id'] as const).map(schemeOf)).toEqual([...VISITOR_SCHEMES]);
  });

  it.each([
    ['ip-ua/1', { address: null }, 'no-address'],
    ['ip-ua/1', { address: 'unknown' }, 'no-address'],
    ['ip/1', { address: '192.0.2.1:80' }, 'no-address'],
    ['cookie/1', { cookie: null }, 'no-cookie'],
    ['cookie/1', { cookie: '' }, 'no-cookie'],
    ['cookie/1', { cookie: 'c'.repeat(129) }, 'no-cookie'],
    ['site-id/1', { siteId: null }, 'no-visitor'],
    ['site-id/1', { siteId: '' }, 'no-visitor'],
    ['site-id/1', { siteId: 's'.repeat(257) }, 'no-visitor'],
  ] as const)('%s with %j lacks its fact', (scheme, change, missing) => {
    expect(visitorKey(scheme, { ...facts, ...change })).toEqual({ missing });
  });

  it('uses no fact but those of its scheme', () => {
    const bare: VisitorFacts = { address: null, userAgent: '', cookie: null, siteId: null };
    expect(visitorKey('ip/1', { ...bare, address: '192.0.2.1' })).toEqual(visitorKey('ip/1', { ...facts }));
    expect(visitorKey('cookie/1', { ...bare, cookie: 'c' })).toEqual({ key: 'c' });
    expect(visitorKey('site-id/1', { ...bare, siteId: 's' })).toEqual({ key: 's' });
  });

  it('never gives two people one key, whatever their agents contain', () => {
    const nasty = fc.array(fc.constantFrom('\0', '192.0.2.1', 'a', '\0\0', '::1'), { maxLength: 4 });
    const person = fc.record({
      address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('192.0.2.1', '192.0.2.11')),
      userAgent: fc.oneof(
        nasty.map((parts) => parts.join('')),
        fc.string(),
      ),
    });
    fc.assert(
      fc.property(person, person, (a, b) => {
        const isSame =
          reduceAddress(a.address) === reduceAddress(b.address) &&
          reduceUserAgent(a.userAgent) === reduceUserAgent(b.userAgent);
        const keys = [a, b].map((each) => visitorKey('ip-ua/1', { ...facts, ...each }));
        if (isSame) expect(keys[0]).toEqual(keys[1]);
        else expect(keys[0]).not.toEqual(keys[1]);
      }),
      { numRuns: 1_000 },
    );
  });
});
