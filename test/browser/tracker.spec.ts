import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';
import { ForeignSite } from './foreign-site.js';

describeWithChromium('the counting script', (browser) => {
  let node: BrowserNode;
  let site: ForeignSite;
  let watched: WatchedPage;

  beforeEach(async () => {
    node = await BrowserNode.start();
    site = await ForeignSite.start(
      `<script defer src="${node.url}/tracker.js"></script><h1>Site</h1>`,
      node.url,
    );
    watched = await browser.open();
  }, 30_000);

  afterEach(async () => {
    await watched.close();
    await site.stop();
    await node.stop();
  });

  /** Bodies of the hits, in order, as soon as there are so many. */
  async function hitsUntil(count: number): Promise<object[]> {
    await watched.hitsReach(count);
    return watched.hits.map((body) => JSON.parse(body) as object);
  }

  it('counts a page once, and each page that an application turns to', async () => {
    await watched.page.goto(`${site.url}/one?secret=1`);
    await hitsUntil(1);
    for (const path of ['/two', '/two#part', '/three']) {
      await watched.page.evaluate(`history.pushState(null, '', '${path}')`);
    }
    await watched.page.goBack();
    expect(await hitsUntil(4)).toEqual([
      { path: '/one', referrer: '' },
      { path: '/two', referrer: `${site.url}/one` },
      { path: '/three', referrer: `${site.url}/two` },
      { path: '/two', referrer: `${site.url}/three` },
    ]);
    await node.localHits(4);
    watched.expectClean(site.url, node.url);
  });

  it('counts them where the browser does not tell of them, and where it has no beacon', async () => {
    await watched.page.addInitScript('delete window.navigation; delete Navigator.prototype.sendBeacon');
    await watched.page.goto(`${site.url}/one`);
    await watched.page.evaluate(`history.replaceState(null, '', '/two')`);
    await hitsUntil(2);
    await node.localHits(2);
    watched.expectClean(site.url, node.url);
  });

  it('counts a page again that the browser had kept and shows anew', async () => {
    await watched.page.goto(`${site.url}/one`);
    await watched.page.evaluate('globalThis.stayed = true');
    await watched.page.goto(`${site.url}/two`);
    await hitsUntil(2);
    await watched.page.goBack({ waitUntil: 'commit' });
    await watched.page.waitForFunction('globalThis.stayed');
    expect(await hitsUntil(3)).toMatchObject([{ path: '/one' }, { path: '/two' }, { path: '/one' }]);
    await node.localHits(3);
  });

  it.each([
    ['Global Privacy Control', 'globalPrivacyControl', 'true'],
    ['Do Not Track', 'doNotTrack', '"1"'],
  ])('sends nothing under %s', async (_name, property, value) => {
    await watched.page.addInitScript(
      `Object.defineProperty(Navigator.prototype, '${property}', { get: () => ${value} })`,
    );
    await watched.page.goto(site.url);
    await watched.page.evaluate(`history.pushState(null, '', '/two')`);
    await watched.page.locator('h1').click();
    expect(watched.hits).toEqual([]);
  });

  it('leaves the page alone when the node is away, and stores nothing', async () => {
    await watched.page.goto(site.url);
    await hitsUntil(1);
    await node.pause();
    await watched.page.evaluate(`history.pushState(null, '', '/two')`);
    await hitsUntil(2);
    expect(await watched.page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
    expect(await watched.page.context().cookies()).toEqual([]);
    expect(watched.errors).toEqual([]);
  });
});
