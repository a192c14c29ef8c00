import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { freePorts } from '../../src/demo/demo-node.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';
import { settled } from './dashboard-sections.js';

const TEST_MS = 60_000;
const SETTLED_MS = 20_000;
const CHARTER = '/admin/federation/charter';

describeWithChromium('a hub and a member that is to be its steward', (browser) => {
  let hub: BrowserNode;
  let member: BrowserNode;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const settings = { HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1', HEADCOUNT_SKETCH_MINIMUM: '0' };
    hub = await BrowserNode.start({
      ...settings,
      ...{ PORT: String(port), HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: url, HEADCOUNT_NAME: 'Hub' },
    });
    member = await BrowserNode.start({ ...settings, HEADCOUNT_HUB: url, HEADCOUNT_NAME: 'Reading Room' });
    await hub.shareWith(member);
    await hub.visits(40);
    await member.visits(100);
    await exchange(member);
    await letInToCount();
    await exchange(member, hub, member);
  }, TEST_MS);

  afterAll(() => Promise.all([hub, member].map((node) => node.stop())));

  async function exchange(...nodes: BrowserNode[]): Promise<void> {
    for (const node of nodes) await node.ask('POST', '/v1/admin/exchange', {});
  }

  async function letInToCount(): Promise<void> {
    const { peers } = await hub.ask<{ peers: { node: string }[] }>('GET', '/v1/admin/peers');
    await hub.ask('POST', `/v1/admin/peers/${peers[0]!.node}/approve`, { why: 'a friend', trusted: true });
  }

  async function opened(node: BrowserNode, path: string): Promise<WatchedPage> {
    const watched = await browser.open();
    await node.signIn(watched.page);
    await watched.page.goto(node.url + path);
    await settled(watched.page);
    return watched;
  }

  function sheet(page: Page, heading: string) {
    return page.locator('section').filter({ has: page.getByRole('heading', { name: heading, exact: true }) });
  }

  async function propose(page: Page, threshold: number, withHub: boolean): Promise<void> {
    await page.getByRole('button', { name: 'Propose other stewards' }).click();
    await page.getByRole('dialog').getByLabel('Reading Room').check();
    await page.getByRole('dialog').getByLabel('Hub').setChecked(withHub);
    await page.getByLabel('How many of them must sign').fill(String(threshold));
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Propose other stewards', exact: true })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }

  it(
    'pass the charter on, which counts when both have signed, and the only steward signs the roster',
    async () => {
      const atHub = await opened(hub, CHARTER);
      await sheet(atHub.page, 'Charter').getByText('Stewards, 1 of 1 decide').waitFor();
      await propose(atHub.page, 2, true);
      await sheet(atHub.page, 'Charter').getByText('Stewards, 2 of 2 decide').waitFor();
      await propose(atHub.page, 1, false);
      await sheet(atHub.page, 'The next charter, not yet signed by enough').waitFor();

      const atMember = await opened(member, CHARTER);
      const { page } = atMember;
      await page.getByRole('button', { name: 'Sign: 3' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign', exact: true }).click();
      await sheet(page, 'Charter').getByText('Stewards, 1 of 1 decide').waitFor();
      await page.getByRole('button', { name: 'Sign the roster' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign the roster', exact: true }).click();
      await sheet(page, 'Roster')
        .getByText(/signed by Reading Room on/)
        .waitFor();

      await atHub.page.reload();
      await sheet(atHub.page, 'Charter').getByText('Stewards, 1 of 1 decide').waitFor();
      await sheet(atHub.page, 'Roster')
        .getByText(/signed by Reading Room on/)
        .waitFor();
      for (const [watched, node] of [
        [atHub, hub],
        [atMember, member],
      ] as const) {
        watched.expectClean(node.url);
        await watched.close();
      }
    },
    TEST_MS,
  );

  it(
    'come to the total that was announced when the member is suspended, let in again and removed',
    async () => {
      const watched = await opened(hub, CHARTER);
      const { page } = watched;
      const row = sheet(page, 'Roster').getByRole('row').filter({ hasText: 'Reading Room' });
      const decide = async (action: string, status: string) => {
        await row.getByRole('button', { name: `${action}: ` }).click();
        const dialog = page.getByRole('dialog');
        const today = dialog.locator('.effect tbody tr').first().locator('td').last();
        const announced = action === 'Let in again' ? null : await today.textContent();
        await dialog.getByLabel('Why').fill('to see');
        await dialog.getByRole('button', { name: action, exact: true }).click();
        await row.getByText(`here: ${status}`).waitFor();
        return announced?.split(' ')[0] ?? null;
      };
      const whole = await totalToday();
      const suspended = await decide('Suspend', 'suspended');
      expect(Number(suspended)).toBeLessThan(Number(whole) / 2);
      await exchange(hub);
      await totalTodayBecomes(suspended!);
      await decide('Let in again', 'on probation');
      await letInToCount();
      await exchange(hub);
      await totalTodayBecomes(whole);
      await page.reload();
      const removed = await decide('Remove', 'removed');
      expect(Number(removed)).toBeLessThan(Number(whole) / 2);
      await exchange(hub);
      await totalTodayBecomes(removed!);
      watched.expectClean(hub.url);
      await watched.close();
    },
    TEST_MS,
  );

  /** An answer is kept for a second. */
  async function totalTodayBecomes(figure: string): Promise<void> {
    const deadlineMs = Date.now() + SETTLED_MS;
    for (let shown = ''; shown !== figure; shown = await totalToday())
      if (Date.now() > deadlineMs) throw new Error(`the total is ${shown} and not ${figure}`);
  }

  /** Over all instances, as the hub publishes it. */
  async function totalToday(): Promise<string> {
    const { uniques } = await hub.ask<{ uniques: { estimate: number } }>('GET', '/v1/counts?window=1d');
    return String(uniques.estimate);
  }
});
