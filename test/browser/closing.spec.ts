import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePorts } from '../../src/demo/demo-node.js';
import { NodeProcess } from '../federation/node-process.js';
import { describeWithChromium } from './chromium.js';
import { ForeignSite } from './foreign-site.js';

/** A node starts anew, and its readers come back spread over half a minute. */
const FOLLOWED_MS = 90_000;

describeWithChromium('figures that are closed while somebody looks', (browser) => {
  let folder: string;
  let node: NodeProcess;
  let site: ForeignSite;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-closing-'));
    const [port = 0] = await freePorts(1);
    node = await NodeProcess.start(folder, 'node', port, {});
    await node.visit('anna');
    const element = '<p>Hier waren <headcount-counter></headcount-counter> Menschen.</p>';
    site = await ForeignSite.start(`<script src="${node.url}/widget.js"></script>${element}`, node.url);
  }, 60_000);

  afterAll(async () => {
    await site.stop();
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'go from the public page and from counters on other sites, and come back, without a reload',
    async () => {
      const pages = await Promise.all([browser.open(), browser.open()]);
      const [counter, foreign] = pages.map(({ page }) => page) as [
        (typeof pages)[0]['page'],
        (typeof pages)[0]['page'],
      ];
      await Promise.all([counter.goto(node.url), foreign.goto(site.url)]);
      const headline = counter.locator('.figure-headline .figure-number', { hasText: /^1$/ });
      const element = (state: string) => foreign.locator(`headcount-counter[data-state=${state}]`);
      const seen = () =>
        Promise.all([
          headline.waitFor({ timeout: FOLLOWED_MS }),
          element('live').waitFor({ timeout: FOLLOWED_MS }),
        ]);
      await seen();
      for (const page of [counter, foreign]) await page.evaluate('globalThis.stayed = true');

      await node.client.put('/v1/admin/settings', { publicCounts: false });
      const closed = counter.getByText('These figures are not public').first();
      await Promise.all([
        closed.waitFor({ timeout: FOLLOWED_MS }),
        element('away').waitFor({ state: 'hidden', timeout: FOLLOWED_MS }),
      ]);
      expect(await counter.locator('.figure-number').count()).toBe(0);
      await counter.waitForFunction(() => {
        const { localStorage } = globalThis as unknown as { localStorage: object };
        return !Object.keys(localStorage).some((key) => key.startsWith('headcount-answer:'));
      });

      await node.client.put('/v1/admin/settings', { publicCounts: true });
      await seen();
      for (const page of [counter, foreign]) expect(await page.evaluate('globalThis.stayed')).toBe(true);
      await Promise.all(pages.map((page) => page.close()));
    },
    5 * FOLLOWED_MS,
  );
});
