import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { expectAccessible } from './accessibility.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';

const SETTLED_MS = 30_000;

describeWithChromium('a page whose node is away', (browser) => {
  let node: BrowserNode;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    node = await BrowserNode.start();
    await node.visits(300);
    watched = await browser.open({ bypassCSP: true });
    ({ page } = watched);
  }, 30_000);

  afterEach(async () => {
    await watched.close();
    await node.stop();
  });

  async function open(path: string): Promise<void> {
    await page.goto(node.url + path);
    await page.locator('.figure-number').first().waitFor({ timeout: SETTLED_MS });
  }

  /** All files of a page are kept at once. */
  async function isKept(address: string): Promise<void> {
    const frame = 'new Promise((resolve) => requestAnimationFrame(resolve))';
    await page.evaluate(`(async () => { while (!(await caches.match('${address}'))) await ${frame}; })()`);
  }

  const headline = () => page.locator('.figure-headline .figure-number').textContent();

  it('opens with the last figures and their age, accessible in both schemes', async () => {
    await open('/');
    await isKept('/index.html');
    const people = await headline();
    await node.pause();
    await page.reload();
    await page.locator('.stale', { hasText: 'the node last answered' }).first().waitFor();
    expect(await headline()).toBe(people);
    await page.locator('.history-bars').waitFor();
    await expectAccessible(page);
  }, 90_000);

  it('opens the dashboard of whoever is signed in', async () => {
    await node.signIn(page);
    await open('/admin');
    await page.locator('.chart-place canvas').waitFor({ timeout: SETTLED_MS });
    await isKept('/admin');
    await node.pause();
    await page.goto(`${node.url}/admin`);
    await page.locator('.stale', { hasText: 'the node last answered' }).first().waitFor();
    await page.locator('.chart-place canvas').waitFor({ timeout: SETTLED_MS });
  }, 90_000);

  it('shows nothing of the dashboard once somebody has signed out', async () => {
    await node.signIn(page);
    await open('/admin');
    await isKept('/admin');
    await page.goto(`${node.url}/account`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${node.url}/login`);
    await node.pause();
    await page.goto(`${node.url}/admin`);
    await page.getByText('The node does not answer').first().waitFor();
    expect(await page.locator('.figure-number').count()).toBe(0);
  }, 90_000);

  it('has nothing to show of what was closed, or was never open', async () => {
    await open('/');
    await isKept('/index.html');
    await page.evaluate('localStorage.clear()');
    await node.pause();
    await page.reload();
    await page.getByText('The node does not answer').first().waitFor();
    expect(await page.locator('.figure-number').count()).toBe(0);
    await expectAccessible(page);
  }, 90_000);
});
