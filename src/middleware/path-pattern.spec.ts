import { describe, expect, it } from '@jest/globals';
import { pathPattern } from './path-pattern.js';

describe('pathPattern', () => {
  it.each([
    ['/manifest.json', '/manifest.json'],
    ['/', '/'],
    ['/:config/manifest.json', '/abc/manifest.json'],
    ['/:config/manifest.json', '/%7B%22lang%22%3A%22de%22%7D/manifest.json'],
    ['/a/:b/c/:d', '/a/1/c/2'],
    ['/:any', '/x'],
  ])('%s matches %s', (pattern, path) => expect(pathPattern(pattern).matches(path)).toBe(true));

  it.each([
    ['/manifest.json', '/manifest.json/'],
    ['/manifest.json', '/Manifest.json'],
    ['/manifest.json', '/x/manifest.json'],
    ['/:config/manifest.json', '/manifest.json'],
    ['/:config/manifest.json', '//manifest.json'],
    ['/:config/manifest.json', '/a/b/manifest.json'],
    ['/:config/manifest.json', '/a/manifest.json/b'],
    ['/:config/manifest.json', '/a/manifest.jsonx'],
    ['/:any', '/'],
    ['/a/:b', '/a'],
    ['/', ''],
  ])('%s does not match %s', (pattern, path) => expect(pathPattern(pattern).matches(path)).toBe(false));

  it.each(['', 'manifest.json', '/a?b', '/a#b', '/a*', '/a b'])('refuses %j', (pattern) => {
    expect(() => pathPattern(pattern)).toThrow(TypeError);
  });

  it('refuses a pattern longer than a hit may carry', () => {
    expect(() => pathPattern(`/${'x'.repeat(2_048)}`)).toThrow(RangeError);
  });
});
