import { describe, expect, it } from '@jest/globals';
import { fill } from './fill.js';

describe('fill', () => {
  it('fills in by name and writes numbers as the language does', () => {
    expect(fill('between {low} and {high}', { low: 12_100, high: 12_500 }, 'de')).toBe(
      'between 12.100 and 12.500',
    );
  });

  it('takes the plural form of the language', () => {
    const message = { one: '{count} person', other: '{count} people' };
    expect([0, 1, 2].map((count) => fill(message, { count }, 'en'))).toEqual([
      '0 people',
      '1 person',
      '2 people',
    ]);
    expect(fill(message, { count: 0 }, 'fr')).toBe('0 person');
  });

  it('keeps what is filled in as it is, braces and all', () => {
    expect(fill('{name}', { name: '{name}<b>$&' }, 'en')).toBe('{name}<b>$&');
  });
});
