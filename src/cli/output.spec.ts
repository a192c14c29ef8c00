import { describe, expect, it } from '@jest/globals';
import { type Column, columns } from './output.js';

const COLUMNS: readonly Column[] = [
  { title: 'name', width: 10, align: 'left' },
  { title: 'people', width: 7, align: 'right' },
];

describe('a table without lines', () => {
  it('has columns of their own width, whatever stands in them, and more about a row below it', () => {
    const drawn = columns(COLUMNS, [
      { cells: ['a site', '12'], below: ['its id', ''] },
      { cells: ['a name that is too long', '1,234'], below: [] },
      { cells: ['漢字の名前が長い', '–'], below: [] },
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours, where the terminal has them
    expect(drawn.replace(/\u001b\[\d+m/g, '').split('\n')).toEqual([
      'name         people',
      'a site           12',
      '  its id',
      'a name th…    1,234',
      '漢字の名…         –',
    ]);
  });
});
