import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Now } from '../stats/counts.js';
import { PublicPage } from './public-page.js';
import type { WebFile } from './web-files.js';

const HTML =
  '<!doctype html>\n<html lang="en"><head><title>Headcount</title></head><body><div id="page"></div></body></html>';

const webFile = (html: string): WebFile => ({
  type: 'text/html; charset=utf-8',
  etag: '"bare"',
  bodies: new Map([['identity', Buffer.from(html)]]),
});

const now = (name: string) => ({ name }) as Now;
const counts = (name: string) => async () => now(name);

describe('the public page with its number', () => {
  const asked: (readonly string[])[] = [];
  const page = () =>
    new PublicPage(webFile(HTML), ({ name }, locales) => {
      asked.push(locales);
      return { language: 'de', title: name!, html: `<p>${asked.length}</p>` };
    });
  const textOf = ({ bodies }: WebFile) => String(bodies.get('identity'));

  it('is the bare page with the language, the title and what is drawn filled in', async () => {
    const drawn = await page().at(0, 'de', counts('A <b>$&</b> & title'));
    expect(textOf(drawn)).toBe(
      HTML.replace('"en"', '"de"')
        .replace('Headcount', () => 'A &lt;b>$&amp;&lt;/b> &amp; title')
        .replace('"></div>', `"><p>${asked.length}</p></div>`),
    );
    expect(String(gunzipSync(drawn.bodies.get('gzip')!))).toBe(textOf(drawn));
    expect(drawn.etag).not.toBe('"bare"');
  });

  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', ['de-AT', 'de', 'en']],
    ['tr, *;q=0.1', ['tr']],
    ['de-"><script>,__proto__,x', []],
    [`fr,${'x'.repeat(300)},de`, ['fr']],
    ['', []],
    [undefined, []],
  ])('for %j is drawn in %j', async (accepted, locales) => {
    await page().at(0, accepted, counts('a'));
    expect(asked.at(-1)).toEqual(locales);
  });

  it('is drawn once a second for all readers of a language', async () => {
    const one = page();
    const first = await one.at(0, 'de', counts('first'));
    expect(await one.at(999, 'de;q=0.5', counts('second'))).toBe(first);
    expect(textOf(await one.at(999, 'fr', counts('second')))).toContain('second');
    expect(textOf(await one.at(1000, 'de', counts('third')))).toContain('third');
  });

  it('fails with the counts, and is drawn when they are there again', async () => {
    const one = page();
    await expect(one.at(0, 'de', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(textOf(await one.at(1, 'de', counts('back')))).toContain('back');
  });

  it('cannot be of a page without its places', () => {
    const without = webFile(HTML.replace('page', 'other'));
    expect(() => new PublicPage(without, () => ({ language: 'en', title: '', html: '' }))).toThrow(TypeError);
  });
});
