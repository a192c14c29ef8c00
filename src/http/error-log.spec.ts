import { describe, expect, it } from '@jest/globals';
import { ErrorLog } from './error-log.js';

function logged() {
  const lines: string[] = [];
  return { lines, log: new ErrorLog({ error: (line: unknown) => void lines.push(String(line)) }) };
}

describe('ErrorLog', () => {
  it('writes twenty lines a minute, and then how many it left out', () => {
    const { lines, log } = logged();
    for (let count = 0; count < 100; count++) log.note(new Error('again'), count);
    expect(lines).toHaveLength(20);
    log.note(new Error('later'), 60_000);
    expect(lines).toHaveLength(22);
    expect(lines[20]).toBe('80 more errors were not logged');
    expect(lines[21]).toContain('later');
  });

  it('writes plain characters, and not too many', () => {
    const { lines, log } = logged();
    log.note(new Error('red \u001b[31m bell \u0007 turned \u202e wide \u{1f600}'), 0);
    log.note(new Error('x'.repeat(100_000)), 0);
    log.note('no error at all', 0);
    expect(lines[0]).toContain('red \\u{1b}[31m bell \\u{7} turned \\u{202e} wide \\u{1f600}');
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e\n]{1,4000}$/);
    expect(lines[2]).toBe('thrown');
  });
});
