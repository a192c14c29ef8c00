import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePorts } from '../../src/demo/demo-node.js';
import { HeldPulls } from '../federation/held-pulls.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium } from './chromium.js';

const FEDERATION = '/admin/federation';
const SETTLED_MS = 20_000;

describeWithChromium('a node that catches up for the first time', (browser) => {
  let pulls: HeldPulls;
  let old: BrowserNode;
  let young: BrowserNode;

  beforeAll(async () => {
    pulls = await HeldPulls.open();
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const ofPeer = {
      ...{ HEADCOUNT_ROLE: 'peer', HEADCOUNT_SKETCH_MINIMUM: '0' },
      HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1',
    };
    old = await BrowserNode.start({ ...ofPeer, HEADCOUNT_PUBLIC_URL: pulls.url, HEADCOUNT_PEERS: url });
    pulls.target = old.url;
    young = await BrowserNode.start({
      ...{ ...ofPeer, PORT: String(port), HEADCOUNT_PUBLIC_URL: url, HEADCOUNT_PEERS: pulls.url },
    });
    await old.shareWith(young);
    for (const daysAgo of [2, 1, 0]) await old.visits(10, daysAgo);
    await old.ask('POST', '/v1/admin/exchange', {});
  }, 60_000);

  afterAll(async () => {
    await pulls.close();
    await Promise.all([old, young].map((node) => node.stop()));
  });

  it('shows on the dashboard of how many days it has how many, until it is done', async () => {
    const watched = await browser.open();
    const { page } = watched;
    await young.signIn(page);
    const exchanged = young.ask('POST', '/v1/admin/exchange', {});
    await pulls.asked;
    await page.goto(young.url + FEDERATION);
    const exchange = page.locator('article').filter({ hasText: pulls.url });
    await exchange.getByText('catching up: 0 of 3 days').waitFor({ timeout: SETTLED_MS });
    pulls.letGo();
    await exchanged;
    await page.goto(young.url + FEDERATION);
    await exchange.getByText('in step').waitFor({ timeout: SETTLED_MS });
    expect(await page.getByText('catching up').count()).toBe(0);
    expect(watched.errors).toEqual([]);
    await watched.close();
  }, 90_000);
});
