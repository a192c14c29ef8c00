import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock/clock.js';
import { loadDrawFirst } from '../../src/dashboard/draw-first.js';
import { PublicPage } from '../../src/dashboard/public-page.js';
import { WebFiles } from '../../src/dashboard/web-files.js';
import type { Now, ScopeNow } from '../../src/stats/counts.js';

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

/** What the node writes into the public page of a large federation. */
async function numberOfPublicPage(): Promise<number> {
  const bare = WebFiles.read().find('index.html')!;
  const page = new PublicPage(bare, (await loadDrawFirst())!, systemClock);
  const uniques = { estimate: 1_234_567, low: 1_214_567, high: 1_254_567, dedup: 'full' };
  const global = { windows: { '30d': uniques, all: uniques } } as unknown as ScopeNow;
  const now = async () => ({ name: 'The Reading Room', global }) as Now;
  const drawn = await page.in('en-GB', now);
  return gzipSync(drawn.bodies.get('identity')!).length - gzipSync(bare.bodies.get('identity')!).length;
}

const compressed = (name: string) => readFileSync(join(FOLDER, `${name}.gz`)).length;

describe('what a reader downloads', () => {
  it.each([
    [
      'the public page',
      async () =>
        sizeOf('index', 'one language') + compressed('service-worker.js') + (await numberOfPublicPage()),
      20 * KB,
    ],
    ['the whole dashboard in every language', () => sizeOf('admin', 'all languages'), 150 * KB],
    ['the counter element', () => compressed('widget.js'), 3 * KB],
    ['the counting script', () => compressed('tracker.js'), 1.2 * KB],
  ])('%s stays small', async (_name, size, max) => {
    expect(await size()).toBeLessThanOrEqual(max);
  });
});
