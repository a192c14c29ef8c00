import { reduceAddress } from './address.js';
import { reduceUserAgent } from './user-agent.js';

/** What stands for a person. One per federation: ids under different schemes can't be merged. */
export const VISITOR_SCHEMES = ['ip-ua/1', 'ip/1', 'cookie/1', 'site-id/1'] as const;
export type VisitorScheme = (typeof VISITOR_SCHEMES)[number];

/** The scheme that a setting of `HEADCOUNT_VISITOR` chooses today. */
export function schemeOf(setting: 'ip-ua' | 'ip' | 'cookie' | 'site-id'): VisitorScheme {
  return `${setting}/1`;
}

/** What is known of who visits. The address is as it came, of one client, without a port. */
export interface VisitorFacts {
  address: string | null;
  userAgent: string;
  cookie: string | null;
  siteId: string | null;
}

/** Why nobody can be counted: the fact that the scheme needs is absent, empty, malformed or too long. */
export type MissingFact = 'no-address' | 'no-cookie' | 'no-visitor';

/** Longer values are refused, not cut: two people must not become one. */
const COOKIE_CHARS_MAX = 128;
const SITE_ID_CHARS_MAX = 256;

/**
 * The visitor key under a scheme. Two different people (after reduction) never have one key: a reduced address
 * holds no NUL, so the first NUL ends it. The key is personal data; nothing may write it anywhere.
 */
export function visitorKey(
  scheme: VisitorScheme,
  facts: VisitorFacts,
): { key: string } | { missing: MissingFact } {
  switch (scheme) {
    case 'ip-ua/1':
      return addressKey(facts, `\0${reduceUserAgent(facts.userAgent)}`);
    case 'ip/1':
      return addressKey(facts, '');
    case 'cookie/1':
      return givenKey(facts.cookie, COOKIE_CHARS_MAX, 'no-cookie');
    case 'site-id/1':
      return givenKey(facts.siteId, SITE_ID_CHARS_MAX, 'no-visitor');
  }
}

function addressKey(facts: VisitorFacts, ending: string): { key: string } | { missing: MissingFact } {
  const address = facts.address === null ? null : reduceAddress(facts.address);
  return address === null ? { missing: 'no-address' } : { key: address + ending };
}

function givenKey(
  value: string | null,
  charsMax: number,
  missing: MissingFact,
): { key: string } | { missing: MissingFact } {
  return value && value.length <= charsMax ? { key: value } : { missing };
}
