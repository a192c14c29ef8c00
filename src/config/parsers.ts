import ipaddr from 'ipaddr.js';
import type { PeerAddress } from './config.js';

/**
 * Each parser takes a setting as it stands in the environment (text) or in YAML (text, number, boolean,
 * list) and answers the value, or throws SettingError with a sentence that says what was expected.
 */
export type Parser<T> = (given: unknown) => T;

export class SettingError extends Error {
  override readonly name = 'SettingError';
}

const TRUE_WORDS = new Set(['true', '1', 'yes', 'on']);
const FALSE_WORDS = new Set(['false', '0', 'no', 'off']);
const DECIMAL = /^\d+(\.\d+)?(e-?\d{1,2})?$/i;
const DURATION = /^(\d+)(ms|s|m|h|d)$/;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const NODE_ID = /^[A-Za-z0-9_-]{43}$/;

export const text =
  (options: { min?: number; max: number }): Parser<string> =>
  (given) => {
    const value = asText(given, 'text').trim();
    if (value.length < (options.min ?? 1))
      throw new SettingError(`needs at least ${options.min ?? 1} characters`);
    if (value.length > options.max) throw new SettingError(`may have at most ${options.max} characters`);
    if (/\p{Cc}/u.test(value)) throw new SettingError('may not contain control characters');
    return value;
  };

export const boolean: Parser<boolean> = (given) => {
  if (typeof given === 'boolean') return given;
  const word = asText(given, 'true or false').trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  throw new SettingError('expected true or false');
};

export const integer =
  (min: number, max: number): Parser<number> =>
  (given) => {
    const words = asText(given, 'a whole number').trim();
    const value = Number(words);
    if (!/^\d+$/.test(words) || value < min || value > max) {
      throw new SettingError(`expected a whole number from ${min} to ${max}`);
    }
    return value;
  };

/** `0.25`, `4` or `1e-7`. */
export const decimal =
  (min: number, max: number): Parser<number> =>
  (given) => {
    const words = asText(given, 'a number').trim();
    const value = Number(words);
    if (!DECIMAL.test(words) || value < min || value > max) {
      throw new SettingError(`expected a number from ${min} to ${max}`);
    }
    return value;
  };

/** `30s`, `15m`, `6h`: in milliseconds. */
export const duration =
  (minMs: number, maxMs: number): Parser<number> =>
  (given) => {
    const match = DURATION.exec(asText(given, 'a duration').trim());
    if (!match) throw new SettingError('expected a duration such as 30s, 15m or 6h');
    const valueMs = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
    if (valueMs < minMs || valueMs > maxMs) {
      throw new SettingError(`expected a duration from ${minMs / 1000}s to ${maxMs / 1000}s`);
    }
    return valueMs;
  };

export const oneOf =
  <T extends string>(...words: readonly T[]): Parser<T> =>
  (given) => {
    const word = asText(given, 'a word').trim();
    const found = words.find((candidate) => candidate === word);
    if (!found) throw new SettingError(`expected one of ${words.join(', ')}`);
    return found;
  };

/** A YAML list, or text separated by commas. */
export const list =
  <T>(item: Parser<T>, max = Number.POSITIVE_INFINITY): Parser<T[]> =>
  (given) => {
    const items = Array.isArray(given) ? given : asText(given, 'a list').split(',');
    const filled = items.filter((entry) => typeof entry !== 'string' || entry.trim() !== '');
    if (filled.length > max) throw new SettingError(`expected at most ${max}, separated by commas`);
    return filled.map(item);
  };

/** An address or a CIDR; an address comes back as it was given. */
export const addressRange: Parser<string> = (given) => {
  const range = asText(given, 'an address or CIDR').trim();
  const isRange = range.includes('/') ? ipaddr.isValidCIDR(range) : ipaddr.isValid(range);
  if (!isRange)
    throw new SettingError(`${JSON.stringify(range)} is neither an address nor a CIDR such as 10.0.0.0/8`);
  return range;
};

/** http(s) without credentials, query or fragment; the trailing slash is dropped. */
export const httpUrl: Parser<string> = (given) => {
  const url = asUrl(asText(given, 'a URL').trim());
  if (url.hash) throw new SettingError('may not have a fragment (#…)');
  return withoutTrailingSlash(url);
};

/** `https://hub.example` or `https://hub.example#<node id>`. */
export const peerAddress: Parser<PeerAddress> = (given) => {
  const url = asUrl(asText(given, 'a URL').trim());
  const nodeId = url.hash ? url.hash.slice(1) : null;
  if (nodeId !== null && !NODE_ID.test(nodeId)) {
    throw new SettingError('expected a node id of 43 characters after the #');
  }
  url.hash = '';
  return { url: withoutTrailingSlash(url), nodeId };
};

export const redisUrl: Parser<string> = (given) => {
  const value = asText(given, 'a URL').trim();
  if (!URL.canParse(value) || !/^rediss?:$/.test(new URL(value).protocol)) {
    throw new SettingError('expected a URL such as redis://localhost:6379/0');
  }
  return value;
};

function asText(given: unknown, expected: string): string {
  if (typeof given === 'string') return given;
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  throw new SettingError(`expected ${expected}`);
}

function asUrl(value: string): URL {
  if (!URL.canParse(value)) throw new SettingError('expected a URL such as https://hub.example');
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new SettingError('expected an http or https URL');
  if (url.username || url.password) throw new SettingError('may not contain a user name or password');
  if (url.search) throw new SettingError('may not have a query (?…)');
  return url;
}

function withoutTrailingSlash(url: URL): string {
  return url.href.replace(/\/+$/, '');
}
