import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectAccessible } from './accessibility.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';

const WIDTHS = [320, 768, 1440];
/** Pixels that the reader would have to scroll sideways. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
const FOCUSED = 'document.activeElement.textContent';
const SETTLED_MS = 10_000;

describeWithChromium('the pages', (browser) => {
  let node: BrowserNode;
  let empty: BrowserNode;

  beforeAll(async () => {
    node = await BrowserNode.start({ HEADCOUNT_NAME: '<b>Reading & Room</b>' });
    empty = await BrowserNode.start();
    for (const daysAgo of [0, 1, 2, 9]) await node.visits(600 + 100 * daysAgo, daysAgo);
  }, 60_000);

  afterAll(async () => {
    await node.stop();
    await empty.stop();
  });

  async function opened(path: string, at = node, options = {}): Promise<WatchedPage> {
    const watched = await browser.open(options);
    await watched.page.goto(at.url + path);
    await watched.page.locator('h1').waitFor({ timeout: SETTLED_MS });
    return watched;
  }

  it.each(['/'])('%s shows people with their interval and asks nobody else', async (path) => {
    const watched = await opened(path);
    const interval = watched.page.locator('.figure-interval').first();
    await expect(interval.textContent()).resolves.toMatch(/^between [\d,]+ and [\d,]+$/);
    await watched.page.locator('summary').first().waitFor();
    await expect(watched.page.locator('.history-top').textContent()).resolves.toMatch(/^[\d,]+00 · /);
    watched.expectClean(node.url);
    await watched.close();
  });

  it.each(['/'])('%s has no violation that axe-core finds, in both schemes', async (path) => {
    const watched = await opened(path, node, { bypassCSP: true });
    await watched.page.locator('summary').first().click();
    await expectAccessible(watched.page);
    await watched.close();
  });

  it.each(['/'])('%s fits every width', async (path) => {
    const watched = await opened(path);
    await watched.page.locator('.figure-interval').first().waitFor();
    for (const width of WIDTHS) {
      await watched.page.setViewportSize({ width, height: 800 });
      const overflow = await watched.page.evaluate<number>(OVERFLOW);
      expect({ width, overflows: overflow > 0 }).toEqual({ width, overflows: false });
    }
    await watched.close();
  });

  it('opens at the window that the address names, and names the one that is chosen', async () => {
    const watched = await opened('/?window=7d');
    const shown = watched.page.locator('.figure-headline .figure-label');
    await shown.getByText('different people in 7 days').waitFor({ timeout: SETTLED_MS });
    await watched.page.getByRole('radio', { name: 'all time' }).check();
    await watched.page.waitForURL(`${node.url}/?window=all`);
    await watched.page.reload();
    await shown.getByText('different people in all').waitFor({ timeout: SETTLED_MS });
    await watched.page.goto(`${node.url}/?window=9d`);
    await shown.getByText('different people in 30 days').waitFor({ timeout: SETTLED_MS });
    watched.expectClean(node.url);
    await watched.close();
  });

  it('leaves what is kept of a visit to the page that knows', async () => {
    const watched = await opened('/');
    const how = watched.page.locator('.how');
    await how.waitFor();
    expect(await how.textContent()).not.toMatch(/cookie|days|percent/);
    await how.locator('a[href="/privacy"]').click();
    await watched.page.locator('h1', { hasText: 'What is kept of a visit' }).waitFor({ timeout: SETTLED_MS });
    await watched.close();
  });

  it('does not break where people write from right to left', async () => {
    const watched = await opened('/');
    await watched.page.locator('.history-bars').waitFor();
    await watched.page.evaluate(`document.documentElement.dir = 'rtl'`);
    await watched.page.locator('summary').first().click();
    for (const width of WIDTHS) {
      await watched.page.setViewportSize({ width, height: 800 });
      const overflow = await watched.page.evaluate<number>(OVERFLOW);
      expect({ width, overflow }).toEqual({ width, overflow: 0 });
    }
    const edges = await watched.page.evaluate<number[]>(`(() => {
      const number = document.querySelector('.figure-headline .figure-number');
      const text = document.createRange();
      text.selectNodeContents(number);
      return [number, text].map((place) => Math.round(place.getBoundingClientRect().right));
    })()`);
    expect(edges[0]).toBe(edges[1]);
    await watched.close();
  });

  it('is printed as ink on paper, without what nobody can press there', async () => {
    const watched = await opened('/', node, { colorScheme: 'dark' });
    await watched.page.locator('.history-bars').waitFor();
    await watched.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const colours = `(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.documentElement))`;
    expect(await watched.page.evaluate(colours)).toEqual(['rgb(255, 255, 255)', 'rgb(28, 27, 25)']);
    for (const place of ['.preferences', '.segmented', '.counter-links'])
      expect(await watched.page.locator(place).first().isVisible()).toBe(false);
    expect((await watched.page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
    await watched.close();
  });

  it('can be used with the keyboard alone', async () => {
    const watched = await opened('/');
    const { keyboard } = watched.page;
    await watched.page.locator('.figure-headline').waitFor();
    await keyboard.press('Tab');
    expect(await watched.page.evaluate(FOCUSED)).toBe('To the content');
    await keyboard.press('Enter');
    await keyboard.press('Tab');
    await keyboard.press('ArrowLeft');
    await watched.page.getByText('different people in 7 days').waitFor();
    await keyboard.press('Tab');
    expect(await watched.page.evaluate(FOCUSED)).toBe('As a table');
    await keyboard.press('Enter');
    await watched.page.getByRole('columnheader', { name: 'People a day' }).waitFor();
    await watched.close();
  });

  it.each([
    ['empty', {}, 'Nobody yet'],
    ['closed', { HEADCOUNT_PUBLIC_COUNTS: 'false' }, 'These figures are not public'],
  ])('has no violation that axe-core finds while it is %s', async (_state, settings, text) => {
    const other = await BrowserNode.start(settings);
    const watched = await opened('/', other, { bypassCSP: true });
    await watched.page.getByText(text).first().waitFor();
    await expectAccessible(watched.page);
    await watched.close();
    await other.stop();
  });

  it('a hostile name stays text', async () => {
    const watched = await opened('/');
    await watched.page.getByText('<b>Reading & Room</b>').first().waitFor();
    expect(await watched.page.locator('b').count()).toBe(0);
    await watched.close();
  });

  it('speaks the language of the reader, and the one that was chosen', async () => {
    const watched = await opened('/', node, { locale: 'de-AT' });
    await watched.page.getByText('Wie gezählt wird').waitFor();
    await watched.page.locator('select').last().selectOption('tr');
    await watched.page.getByText('Nasıl sayılıyor').waitFor();
    await watched.page.reload();
    await watched.page.getByText('Nasıl sayılıyor').waitFor();
    expect(watched.requested.filter((url) => url.includes('/assets/fr-'))).toEqual([]);
    watched.expectClean(node.url);
    await watched.close();
  });

  it('shows its number to a reader without scripts, and in the colours that were chosen', async () => {
    const without = await opened('/', node, { javaScriptEnabled: false });
    await expect(without.page.locator('.figure-headline .figure-number').textContent()).resolves.toMatch(
      /^[\d,]+$/,
    );
    await without.close();
    const dark = await browser.open();
    await dark.page.addInitScript(`localStorage.setItem('headcount-theme', 'dark')`);
    await dark.page.route('**/assets/index-*.js', (route) => route.abort());
    await dark.page.goto(`${node.url}/`);
    await dark.page.locator('.figure-headline .figure-number').waitFor();
    expect(await dark.page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await dark.close();
  });

  it('shows nothing in another language than the one that was chosen, unless there is nothing else', async () => {
    const watched = await browser.open();
    const { page } = watched;
    await page.addInitScript(`localStorage.setItem('headcount-language', 'tr')`);
    const number = page.locator('.figure-headline .figure-number');
    let carryOn!: () => void;
    const held = new Promise<void>((resolve) => {
      carryOn = resolve;
    });
    await page.route('**/assets/index-*.js', (route) => held.then(() => route.continue()));
    await page.goto(`${node.url}/`, { waitUntil: 'commit' });
    await number.waitFor({ state: 'attached' });
    expect(await number.isVisible()).toBe(false);
    carryOn();
    await page.getByText('Nasıl sayılıyor').waitFor();
    await number.waitFor();
    await page.unroute('**/assets/index-*.js');
    await page.route('**/assets/index-*.js', (route) => route.abort());
    await page.reload();
    await number.waitFor();
    await watched.close();
  });

  it('moves nothing that the reader sees already', async () => {
    const watched = await opened('/', node, { viewport: { width: 360, height: 740 } });
    await watched.page.locator('.history-bars').waitFor();
    const shift = await watched.page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) sum += value;
      }).observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
    expect(shift).toBe(0);
    await watched.close();
  });

  it('a node without any visit says so instead of a zero', async () => {
    const watched = await opened('/', empty);
    await watched.page.getByText('Nobody yet').waitFor();
    await watched.close();
  });

  it('figures that are closed are said to be closed', async () => {
    const closed = await BrowserNode.start({ HEADCOUNT_PUBLIC_COUNTS: 'false' });
    const watched = await opened('/', closed);
    await watched.page.getByText('These figures are not public').first().waitFor();
    await watched.close();
    await closed.stop();
  });
});
