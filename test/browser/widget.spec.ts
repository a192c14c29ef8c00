import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';
import { ForeignSite } from './foreign-site.js';

const SETTLED_MS = 20_000;
const SHIFT = `new Promise((resolve) => new PerformanceObserver((list) =>
  resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
).observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(resolve, 300, 0))`;
/** Resolves when what there is without a number has been painted. */
const DRAWN = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

type Preparation = (page: Page) => Promise<void>;

/** What a node says: as many as the page shows at most, and a range of all time over all instances. */
function largeCounts() {
  const full = { estimate: 9_999_999, low: 9_999_998, high: 10_000_000, dedup: 'full' };
  const between = { estimate: null, low: 1_000_000, high: 9_990_000, dedup: 'bounded' };
  return { global: { windows: { '7d': full, all: between } }, local: { windows: { all: full } } };
}

describeWithChromium('the counter element', (browser) => {
  let node: BrowserNode;
  let site: ForeignSite | undefined;
  let watched: WatchedPage | undefined;

  beforeEach(async () => {
    node = await BrowserNode.start();
    await node.visits(3);
  }, 30_000);

  afterEach(async () => {
    await watched?.close();
    await site?.stop();
    await node.stop();
  });

  function open(attributes = '', prepare?: Preparation): Promise<WatchedPage> {
    const element = `<p>Hier waren <headcount-counter ${attributes}></headcount-counter> Menschen.</p>`;
    return openBody(element, prepare);
  }

  async function openBody(body: string, prepare: Preparation = async () => {}): Promise<WatchedPage> {
    site = await ForeignSite.start(`<script src="${node.url}/widget.js"></script>${body}`, node.url);
    watched = await browser.open();
    await prepare(watched.page);
    await watched.page.goto(site.url);
    return watched;
  }

  const counterOf = ({ page }: WatchedPage) => page.locator('headcount-counter');
  const textOf = async (page: WatchedPage, text: string) =>
    counterOf(page).locator(`text="${text}"`).waitFor({ timeout: SETTLED_MS });

  it('counts live on a page under a strict policy, without moving anything', async () => {
    const page = await open('window="7d"');
    await textOf(page, '3');
    await node.visits(5);
    await textOf(page, '5');
    expect(await page.page.evaluate(SHIFT)).toBe(0);
    page.expectClean(site!.url, node.url);
  });

  it.each([
    ['7d', 'global', '9.999.999'],
    ['all', 'global', '1.000.000 – 9.990.000'],
    ['all', 'local', '9.999.999'],
  ])('moves nothing for large numbers of %s, %s', async (window, scope, text) => {
    const { page } = await open(`window="${window}" scope="${scope}"`, async (page) => {
      const counts = `event: counts\ndata: ${JSON.stringify(largeCounts())}\n\n`;
      const headers = { 'content-type': 'text/event-stream', 'access-control-allow-origin': '*' };
      const isDrawn = page.waitForEvent('load').then(() => page.evaluate(DRAWN));
      await page.route(`${node.url}/v1/stream`, (route) =>
        isDrawn.then(() => route.fulfill({ headers, body: counts })),
      );
    });
    await textOf(watched!, text);
    expect(await page.evaluate(SHIFT)).toBe(0);
  });

  it('is a sentence for those who hear it, in the language of the page', async () => {
    const page = await open('window="30d" scope="local"');
    await textOf(page, '3 verschiedene Menschen in 30 Tagen');
    expect(await counterOf(page).getAttribute('title')).toBe('3 verschiedene Menschen in 30 Tagen');
  });

  it.each([
    ['de_DE', '3 verschiedene Menschen in 30 Tagen'],
    ['DE', '3 verschiedene Menschen in 30 Tagen'],
    ['de-DE.UTF-8', '3 different people in 30 days'],
    ['-', '3 different people in 30 days'],
  ])('takes %s for a language, or the one of the browser', async (lang, text) => {
    const page = await openBody(`<p lang="${lang}"><headcount-counter></headcount-counter></p>`);
    await textOf(page, text);
    expect(page.errors).toEqual([]);
  });

  it('counts on where another of the page fails', async () => {
    const page = await openBody('<headcount-counter></headcount-counter>'.repeat(2));
    await page.page.locator('[data-state=live] >> nth=1').waitFor();
    await page.page.evaluate(`Object.defineProperty(document.querySelector('headcount-counter'), 'title',
      { set() { throw new Error('made to fail'); } })`);
    await node.visits(5);
    await counterOf(page).nth(1).locator('text="5"').waitFor({ timeout: SETTLED_MS });
    expect(page.errors).toContain('made to fail');
  });

  it('takes properties as frameworks set them, and stays itself under hostile ones', async () => {
    const page = await open();
    await textOf(page, '3');
    await page.page.evaluate(`document.querySelector('headcount-counter').window = 'all'`);
    await textOf(page, '3 verschiedene Menschen insgesamt');
    await page.page.evaluate(`document.querySelector('headcount-counter').window = '"><img src=x>'`);
    await page.page.locator('headcount-counter[data-state=away]').waitFor({ state: 'attached' });
    page.expectClean(site!.url, node.url);
  });

  it('is hidden while the node is away', async () => {
    const page = await open();
    await textOf(page, '3');
    await page.page.clock.install();
    await node.pause();
    await page.page.clock.runFor(120_000);
    await page.page.locator('headcount-counter[data-state=away]').waitFor({ state: 'hidden' });
  });

  it('goes on where the reader comes back to a page that the browser had kept', async () => {
    const { page } = await open();
    await textOf(watched!, '3');
    await page.evaluate(`globalThis.stayed = true`);
    await page.goto(`${site!.url}/elsewhere`);
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForFunction('globalThis.stayed');
    await node.visits(6);
    await textOf(watched!, '6');
  });

  it('asks now and then where a stream is refused', async () => {
    await node.stop();
    node = await BrowserNode.start({ HEADCOUNT_STREAMS: '0' });
    await node.visits(4);
    await textOf(await open(), '4');
  });
});
