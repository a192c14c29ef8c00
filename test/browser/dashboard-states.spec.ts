import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectAccessible } from './accessibility.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium } from './chromium.js';
import { SECTIONS, settled } from './dashboard-sections.js';

const TEST_MS = 120_000;

/** A hub on its first day, and one that is away: nothing to show, and no answer. */
describeWithChromium('a dashboard without figures', (browser) => {
  let hub: BrowserNode;

  beforeAll(async () => {
    hub = await BrowserNode.start({ HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: 'http://hub.example' });
  }, TEST_MS);

  afterAll(() => hub.stop());

  it.each(SECTIONS)(
    '%s says in both schemes that there is nothing yet',
    async (path) => {
      const watched = await browser.open();
      await hub.signIn(watched.page);
      await watched.page.goto(hub.url + path);
      await settled(watched.page);
      expect(await watched.page.getByText('The node does not answer').count()).toBe(0);
      await expectAccessible(watched.page);
      expect(watched.errors).toEqual([]);
      await watched.close();
    },
    TEST_MS,
  );

  it.each(SECTIONS)(
    '%s says in both schemes that there is no answer, and asks again when it is told to',
    async (path) => {
      const watched = await browser.open();
      const { page } = watched;
      await hub.signIn(page);
      await page.route(/\/v1\/(?!session)/, (route) => route.abort());
      await page.goto(hub.url + path);
      await settled(page);
      await page.getByText('The node does not answer').first().waitFor();
      await expectAccessible(page);
      await page.unrouteAll();
      const answered = page.waitForResponse(/\/v1\//);
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await answered;
      expect(watched.errors).toEqual([]);
      await watched.close();
    },
    TEST_MS,
  );
});
