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
  let nowMs = 0;
  const clock = { nowMs: () => nowMs };
  let drawings = 0;
  const page = () =>
    new PublicPage(
      webFile(HTML),
      ({ name }, locale) => ({ language: locale, title: name!, html: `<p>${++drawings}</p>` }),
      clock,
    );
  const textOf = ({ bodies }: WebFile) => String(bodies.get('identity'));

  it('is the bare page with the language, the title and what is drawn filled in', async () => {
    const drawn = await page().in('de', counts('A <b>$&</b> & title'));
    expect(textOf(drawn)).toBe(
      HTML.replace('"en"', '"de"')
        .replace('Headcount', () => 'A &lt;b&gt;$&amp;&lt;/b&gt; &amp; title')
        .replace('"></div>', `"><p>${drawings}</p></div>`),
    );
    expect(String(gunzipSync(drawn.bodies.get('gzip')!))).toBe(textOf(drawn));
    expect(drawn.etag).not.toBe('"bare"');
  });

  it('is drawn once a second for all readers of a locale', async () => {
    const one = page();
    const [first, same] = await Promise.all([one.in('de', counts('first')), one.in('de', counts('other'))]);
    expect(same).toBe(first);
    nowMs += 999;
    expect(await one.in('de', counts('second'))).toBe(first);
    expect(textOf(await one.in('fr', counts('second')))).toContain('second');
    nowMs += 1;
    expect(textOf(await one.in('de', counts('third')))).toContain('third');
  });

  it('fails with the counts, and is drawn when they are there again', async () => {
    const one = page();
    await expect(one.in('de', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(textOf(await one.in('de', counts('back')))).toContain('back');
  });

  it('cannot be of a page without its places', () => {
    const without = webFile(HTML.replace('page', 'other'));
    expect(() => new PublicPage(without, () => ({ language: 'en', title: '', html: '' }), clock)).toThrow(
      TypeError,
    );
  });
});
