import { describe, expect, it } from '@jest/globals';
import { csvOf } from './csv.js';

describe('csvOf', () => {
  it('keeps a text a text that a spreadsheet would run', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r'])
      expect(csvOf([[`${start}cmd|'/c calc'!A1`]])).toMatch(/^"?'/);
  });

  it('leaves numbers as they are, and nothing for null', () => {
    expect(csvOf([[-5, 1200.5, null, 'a']])).toBe('-5,1200.5,,a\r\n');
  });

  it('quotes what would end a cell or a row', () => {
    expect(csvOf([['say "so", please', 'two\nlines']])).toBe('"say ""so"", please","two\nlines"\r\n');
  });
});
