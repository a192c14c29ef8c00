import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePorts } from '../../src/demo/demo-node.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium } from './chromium.js';

const SETTLED_MS = 20_000;

describeWithChromium('two nodes of a federation', (browser) => {
  const nodes: BrowserNode[] = [];

  beforeAll(async () => {
    const ports = await freePorts(2);
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    for (const [index, name] of ['Ash', 'Beech'].entries()) {
      const settings = {
        PORT: String(ports[index]),
        HEADCOUNT_NAME: name,
        HEADCOUNT_PUBLIC_URL: urls[index]!,
        HEADCOUNT_PEERS: urls[1 - index]!,
        HEADCOUNT_SKETCH_MINIMUM: '0',
        HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.0/8',
      };
      nodes.push(await BrowserNode.start(settings));
    }
    await nodes[0]!.shareWith(nodes[1]!);
  }, 60_000);

  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  it('show a visit of the other without a reload, and each its share', async () => {
    const [ash, beech] = nodes as [BrowserNode, BrowserNode];
    await ash.visits(7);
    await ash.exchangeWith(beech);
    const watched = await browser.open();
    await watched.page.goto(beech.url);
    const headline = watched.page.locator('.figure-headline .figure-number');
    await headline.getByText('7', { exact: true }).waitFor({ timeout: SETTLED_MS });
    await watched.page.evaluate('globalThis.stayed = true');
    await ash.visits(9);
    await ash.exchangeWith(beech);
    await headline.getByText('9', { exact: true }).waitFor({ timeout: SETTLED_MS });
    expect(await watched.page.evaluate('globalThis.stayed')).toBe(true);
    await watched.page.getByText('From 2 of 2 instances').waitFor();
    await watched.page.locator('.share-name', { hasText: 'Ash' }).waitFor();
    watched.expectClean(beech.url);
    await watched.close();
  }, 90_000);
});
