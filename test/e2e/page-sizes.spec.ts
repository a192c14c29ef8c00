import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const FOLDER = join(import.meta.dirname, '../../dist/web');
const KB = 1000;
/** Texts that a reader of English does not load. */
const OTHER_LANGUAGE = /^assets\/(de|es|fr|tr)-/;

/** Bytes of a page's own document, scripts, styles and texts, as they are sent with gzip. */
function sizeOf(page: string, languages: 'one language' | 'all languages'): number {
  const names = new Set<string>();
  const open = [`${page}.html`];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    const named = namedIn(readFileSync(join(FOLDER, name), 'utf8'));
    open.push(
      ...(languages === 'all languages' ? named : named.filter((asset) => !OTHER_LANGUAGE.test(asset))),
    );
  }
  return [...names].reduce((sum, name) => sum + readFileSync(join(FOLDER, `${name}.gz`)).length, 0);
}

function namedIn(text: string): string[] {
  const assets = readdirSync(join(FOLDER, 'assets')).filter((name) => !/\.(gz|br)$/.test(name));
  return assets.filter((name) => text.includes(name)).map((name) => `assets/${name}`);
}

const compressed = (name: string) => readFileSync(join(FOLDER, `${name}.gz`)).length;

describe('what a reader downloads', () => {
  it.each([
    ['the public page', () => sizeOf('index', 'one language') + compressed('service-worker.js'), 20 * KB],
    ['the whole dashboard in every language', () => sizeOf('admin', 'all languages'), 150 * KB],
    ['the counter element', () => compressed('widget.js'), 3 * KB],
    ['the counting script', () => compressed('tracker.js'), 1.2 * KB],
  ])('%s stays small', (_name, size, max) => {
    expect(size()).toBeLessThanOrEqual(max);
  });
});
