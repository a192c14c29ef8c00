import { describe, expect, it } from '@jest/globals';
import { EarlyTexts } from './early-texts.js';
import type { WebFiles } from './web-files.js';

describe('EarlyTexts', () => {
  const names = { index: { en: 'assets/en-1.js', de: 'assets/de-2.js' } };
  const bodies = new Map([['identity' as const, Buffer.from(JSON.stringify(names))]]);
  const texts = new EarlyTexts({ find: () => ({ type: '', etag: '', bodies }) } as unknown as WebFiles);

  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de-2'],
    ['ja, DE;q=0.5', 'de-2'],
    ['en-GB', 'en-1'],
    ['ja', 'en-1'],
    ['__proto__,constructor', 'en-1'],
    [`${'x,'.repeat(1000)}de`, 'en-1'],
    ['', 'en-1'],
    [undefined, 'en-1'],
  ])('for %j names the texts %s', (accepted, name) => {
    expect(texts.link('index', texts.locale('index', accepted))).toEqual({
      link: `</assets/${name}.js>; rel=modulepreload`,
    });
  });

  it.each([
    ['de-AT,de;q=0.9', 'de-AT'],
    ['ja, DE-ch;q=0.5', 'de-CH'],
    ['de-Latn-LI', 'de-LI'],
    ['de-1996', 'de'],
    ['de-">', 'de'],
    ['<de>,de"', 'en'],
    ['*', 'en'],
    [undefined, 'en'],
  ])('for %j writes in %s', (accepted, locale) => {
    expect(texts.locale('index', accepted)).toBe(locale);
  });

  it('names none for a page without texts, and none where nothing was built', () => {
    expect(texts.link('other', 'de')).toEqual({});
    const nothing = new EarlyTexts({ find: () => null } as unknown as WebFiles);
    expect(nothing.link('index', 'de')).toEqual({});
  });
});
