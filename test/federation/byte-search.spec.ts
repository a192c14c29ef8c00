import { describe, expect, it } from '@jest/globals';
import { ByteSearch } from './byte-search.js';

const ADDRESS = '203.0.113.77';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64)';

describe('ByteSearch', () => {
  const search = new ByteSearch([ADDRESS, AGENT, 'short']);
  const ways: [string, (text: string) => string][] = [
    ['as it is', (text) => text],
    ['in hex', (text) => Buffer.from(text).toString('hex')],
    ['in hex', (text) => Buffer.from(text).toString('hex').toUpperCase()],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64', (text) => Buffer.from(`x${text}y`).toString('base64')],
    ['in base64', (text) => Buffer.from(`xx${text}?`).toString('base64')],
    ['in base64', (text) => Buffer.from(`{"a":"${text}"}`).toString('base64url')],
  ];

  it.each(ways)('finds what is written %s, between any bytes', (way, write) => {
    for (const text of [ADDRESS, AGENT]) {
      const haystack = Buffer.concat([Buffer.alloc(100, 0xff), Buffer.from(write(text)), Buffer.alloc(7)]);
      expect(search.in(haystack)).toContain(`${text} ${way}`);
    }
  });

  it('finds nothing where nothing is', () => {
    expect(search.in(Buffer.from('203.0.113.78 Mozilla/4.0 short'.repeat(100)))).toEqual([]);
    expect(search.in(Buffer.alloc(0))).toEqual([]);
  });
});
