import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LINE_CHARS_MAX, parseLogLine } from './log-line.js';

const SAMPLE = new URL('../../test/data/access.log', import.meta.url);

function line(
  parts: Partial<Record<'address' | 'user' | 'time' | 'request' | 'status' | 'referrer' | 'agent', string>>,
) {
  const { address = '203.0.113.9', user = '-', time = '17/May/2015:10:05:03 +0000' } = parts;
  const { request = 'GET /a HTTP/1.1', status = '200', referrer = '-', agent = 'Mozilla/5.0' } = parts;
  return `${address} - ${user} [${time}] "${request}" ${status} 512 "${referrer}" "${agent}"`;
}

describe('parseLogLine', () => {
  it('reads a line of the combined format', () => {
    expect(parseLogLine(line({ referrer: 'http://from.example/?a=b', agent: 'Mozilla/5.0 (X11)' }))).toEqual({
      address: '203.0.113.9',
      timeMs: Date.UTC(2015, 4, 17, 10, 5, 3),
      method: 'GET',
      path: '/a',
      status: 200,
      referrer: 'http://from.example/?a=b',
      userAgent: 'Mozilla/5.0 (X11)',
    });
  });

  it('reads every line of a real log', () => {
    const lines = readFileSync(SAMPLE, 'latin1').trimEnd().split('\n');
    const parsed = lines.map(parseLogLine);
    expect(parsed).toHaveLength(10_000);
    // One line of it was cut off inside its last field.
    expect(parsed.filter((entry) => entry === null)).toHaveLength(1);
    const addresses = new Set(parsed.flatMap((entry) => (entry === null ? [] : [entry.address])));
    expect(addresses.size).toBe(1_753);
    expect(parsed.every((entry) => entry === null || (entry.path !== '' && entry.status >= 200))).toBe(true);
  });

  it('reckons with the time zone and leap seconds', () => {
    expect(parseLogLine(line({ time: '01/Jan/2026:01:30:00 +0200' }))?.timeMs).toBe(
      Date.UTC(2025, 11, 31, 23, 30),
    );
    expect(parseLogLine(line({ time: '31/Dec/2025:22:00:00 -0330' }))?.timeMs).toBe(
      Date.UTC(2026, 0, 1, 1, 30),
    );
    expect(parseLogLine(line({ time: '31/Dec/2016:23:59:60 +0000' }))?.timeMs).toBe(Date.UTC(2017, 0, 1));
  });

  it.each([
    '32/Jan/2026:00:00:00 +0000',
    '29/Feb/2026:00:00:00 +0000',
    '00/Jan/2026:00:00:00 +0000',
    '01/jan/2026:00:00:00 +0000',
    '01/Jan/0026:00:00:00 +0000',
    '01/Jan/2026:24:00:00 +0000',
    '01/Jan/2026:00:60:00 +0000',
    '01/Jan/2026:00:00:61 +0000',
    '01/Jan/2026:00:00:00 +1500',
    '01/Jan/2026:00:00:00 00000',
    '01-Jan-2026:00:00:00 +0000',
    '01/Jan/2026:00:00:0x +0000',
  ])('refuses the time %s', (time) => expect(parseLogLine(line({ time }))).toBeNull());

  it('reads the escapes of Apache and nginx as the bytes they stand for', () => {
    expect(parseLogLine(line({ agent: 'a \\"b\\" \\\\' }))?.userAgent).toBe('a "b" \\');
    expect(parseLogLine(line({ agent: 'a \\x22b\\x22 \\xC3\\xA9' }))?.userAgent).toBe('a "b" \u00c3\u00a9');
    expect(parseLogLine(line({ agent: '\\t\\xzz' }))?.userAgent).toBe('\txzz');
  });

  it('is not misled by a user name that looks like a time', () => {
    const user = 'x [01/Jan/2020:00:00:00 +0000] \\"GET / HTTP/1.1\\" 200 1 \\"-\\" \\"-\\"';
    expect(parseLogLine(line({ user }))?.timeMs).toBe(Date.UTC(2015, 4, 17, 10, 5, 3));
    expect(parseLogLine(line({ user: 'john [admin] doe' }))?.path).toBe('/a');
  });

  it('reads requests that are none', () => {
    expect(parseLogLine(line({ request: '-' }))).toMatchObject({ method: '', path: '' });
    expect(parseLogLine(line({ request: '' }))).toMatchObject({ method: '', path: '' });
    expect(parseLogLine(line({ request: '\\x16\\x03\\x01' }))).toMatchObject({ method: '', path: '' });
    expect(parseLogLine(line({ request: 'GET /a' }))).toMatchObject({ method: 'GET', path: '/a' });
  });

  it('ignores fields after the last', () => {
    expect(parseLogLine(`${line({})} "203.0.113.1" 0.003`)?.userAgent).toBe('Mozilla/5.0');
  });

  it.each([
    '',
    ' ',
    'hello',
    '203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 512',
    line({ status: '20' }),
    line({ status: '2000' }),
    line({ status: 'abc' }),
    line({ agent: 'cut off' }).slice(0, -1),
    line({ agent: 'ends in a backslash \\' }),
    line({ address: '' }),
    line({ agent: 'x'.repeat(LINE_CHARS_MAX) }),
    line({ address: 'x'.repeat(300) }),
  ])('refuses %j', (text) => expect(parseLogLine(text)).toBeNull());

  it('never throws, whatever the line', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('"', '\\', '\\"', ' [', '] "', ' ', '\\x', '\n'),
      fc.constant(line({})),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => void parseLogLine(pieces.join(''))),
    );
  });

  it('reads any escaped text back', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = Buffer.from(text).toString('latin1');
        const escaped = bytes
          .replace(/["\\]/g, '\\$&')
          .replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
        fc.pre(bytes !== '-');
        expect(parseLogLine(line({ agent: escaped }))?.userAgent).toBe(bytes);
      }),
    );
  });

  it.each(['\\"', ' [', '\\', '"', '" ', '\\\\"'])('takes linear time over a line full of %j', (piece) => {
    const bad = `${line({}).slice(0, -2)}${piece.repeat(LINE_CHARS_MAX)}`.slice(0, LINE_CHARS_MAX);
    const evilUser = line({ user: piece.repeat(8_000) }).slice(0, LINE_CHARS_MAX);
    const startMs = performance.now();
    for (let i = 0; i < 100; i++) {
      parseLogLine(bad);
      parseLogLine(evilUser);
    }
    // Quadratic work would be some 10^9 steps a line.
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});
