import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';
import { ForeignSite } from './foreign-site.js';

const SETTLED_MS = 20_000;
const SHIFT = `new Promise((resolve) => new PerformanceObserver((list) =>
  resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
).observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(resolve, 300, 0))`;

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

  function open(attributes = ''): Promise<WatchedPage> {
    return openBody(`<p>Hier waren <headcount-counter ${attributes}></headcount-counter> Menschen.</p>`);
  }

  async function openBody(body: string): Promise<WatchedPage> {
    site = await ForeignSite.start(`<script src="${node.url}/widget.js"></script>${body}`, node.url);
    watched = await browser.open();
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
