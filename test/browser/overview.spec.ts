import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { addDays, DAY_MS, dayOf } from '../../src/clock/day.js';
import { type FederationLine, formatFederationLine } from '../../src/identity/federation-line.js';
import { foundFederation } from '../../src/identity/founding.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const TEST_MS = 120_000;
const OVERVIEW = '/v1/analytics/overview';

/** Keys and the day on which an epoch turns are of chance: under these no two people share a register, on days of one epoch. */
function lineOfOneEpoch(): FederationLine {
  const today = dayOf(Date.now());
  const random = (count: number) => new Uint8Array(count).fill(7);
  const founded = foundFederation({ random, today, scheme: 'ip-ua/1', name: 'Reading Rooms' });
  const calendar = { dayZero: addDays(today, -15), epochDays: 30 };
  return { ...founded, calendar, chain: { ...founded.chain, epoch: 0 } };
}

/** Whose overview has every kind of figure: people of today, of yesterday and of a week ago, some of them the same. */
describeWithChromium('the overview', (browser) => {
  let node: BrowserNode;

  beforeAll(async () => {
    node = await BrowserNode.start({ HEADCOUNT_NAME: 'Reading Room' });
    await node.ask('POST', '/v1/admin/federation/import', { line: formatFederationLine(lineOfOneEpoch()) });
    await node.visits(30);
    await node.visits(20, 1);
    await node.visits(10, 8);
  }, TEST_MS);

  afterAll(() => node.stop());

  async function opened(path = '/admin'): Promise<WatchedPage> {
    const watched = await browser.open();
    await node.signIn(watched.page);
    await watched.page.goto(node.url + path);
    await watched.page.locator('.figure-number').first().waitFor();
    return watched;
  }

  function figure(page: Page, label: string | RegExp) {
    return page.locator('figure').filter({ hasText: label }).locator('.figure-number');
  }

  const hit = (headers: Record<string, string>) => fetch(`${node.url}/v1/hits`, { method: 'POST', headers });
  const dayAgo = (days: number) => dayOf(Date.now() - days * DAY_MS);

  /** Resolves when the node tells that it left out some for each of these reasons. */
  async function leftOutToday(...reasons: string[]): Promise<void> {
    for (let told: object = {}; !reasons.every((reason) => reason in told); ) {
      const { dropped } = await node.ask<{ dropped: { day: string; reasons: object }[] }>('GET', OVERVIEW);
      told = dropped.find(({ day }) => day === dayAgo(0))?.reasons ?? {};
    }
  }

  it(
    'shows who is here now, by itself as somebody comes',
    async () => {
      const watched = await opened();
      const { page } = watched;
      const recent = figure(page, 'last 5 minutes');
      const before = Number(await recent.textContent());
      await page.evaluate('globalThis.stayed = true');
      await hit({ 'user-agent': FIREFOX });
      await recent.filter({ hasText: new RegExp(`^${before + 1}$`) }).waitFor();
      await figure(page, 'last hour').waitFor();
      await figure(page, 'last 24 hours').waitFor();
      expect(await page.evaluate('globalThis.stayed')).toBe(true);
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'opens at what a link shows once its reader has signed in',
    async () => {
      const { page } = await opened();
      const stranger = await browser.open();
      await stranger.page.goto(`${node.url}/admin?scope=local&days=90`);
      await stranger.page.waitForURL(`${node.url}/login?next=%2Fadmin%3Fscope%3Dlocal%26days%3D90`);
      await stranger.page.getByLabel('Your name').fill('anna');
      await stranger.page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await stranger.page.getByRole('button', { name: 'Sign in' }).click();
      await stranger.page.waitForURL(`${node.url}/admin?scope=local&days=90`);
      await Promise.all([page.context().close(), stranger.close()]);
    },
    TEST_MS,
  );

  it(
    'tells the new visitors of a day, with the days that it is the difference of',
    async () => {
      const watched = await opened(`/admin?new=${dayAgo(1)}`);
      const { page } = watched;
      const sheet = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'New visitors of a day' }) });
      const row = (name: RegExp) => sheet.getByRole('row').filter({ hasText: name }).locator('td');
      await sheet.locator('.figure-number').filter({ hasText: /^10$/ }).waitFor();
      expect(await row(/^Everyone of the day/).textContent()).toMatch(/^20 (exactly|between)/);
      expect(await row(/without the day/).textContent()).toMatch(/^10 (exactly|between)/);
      expect(await row(/The same with the day/).textContent()).toMatch(/^20 (exactly|between)/);
      await sheet.getByLabel('Day (UTC)').fill(dayAgo(8));
      await page.waitForURL(new RegExp(`new=${dayAgo(8)}`));
      await sheet.getByText(/^new on/).waitFor();
      await row(/without the day/)
        .filter({ hasText: /^0 exactly/ })
        .waitFor();
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'tells what was left out, and why',
    async () => {
      await hit({ 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' });
      await hit({ 'user-agent': FIREFOX, 'sec-gpc': '1' });
      await leftOutToday('bot', 'do-not-track');
      const watched = await opened();
      const { page } = watched;
      for (const reason of ['names itself a program', 'asks not to be counted'])
        expect(
          await page
            .getByRole('row', { name: new RegExp(`^${reason}`) })
            .locator('td')
            .textContent(),
        ).toBe('1');
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'shows any days beside as many before, and saves all that it shows',
    async () => {
      const watched = await opened();
      const { page } = watched;
      await page.getByLabel('from', { exact: true }).fill(dayAgo(6));
      await page.getByLabel('to', { exact: true }).fill(dayAgo(0));
      await page.getByLabel('beside as many days before').check();
      await page.waitForURL(new RegExp(`from=${dayAgo(6)}&to=${dayAgo(0)}&compare=previous`));
      await page.getByText('Dashed: as many days before').waitFor();
      const sheet = page.locator('.history-sheet');
      await sheet.locator('.figure-number').filter({ hasText: /^10$/ }).waitFor();
      expect(await sheet.locator('.figure-number').first().textContent()).toMatch(/^3[01]$/);
      await sheet.getByText('As a table').click();
      await sheet.locator('tbody tr').nth(6).waitFor();
      expect(await sheet.locator('tbody tr').count()).toBe(7);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV' }).click(),
      ]);
      const rows = (await readFile(await download.path(), 'utf8'))
        .split('\r\n')
        .map((line) => line.split(','));
      const kinds = new Set(rows.map(([what]) => what));
      for (const kind of [
        'last 5 minutes',
        'last 24 hours',
        'window 30d',
        'day',
        'new visitors',
        'left out: bot',
      ])
        expect(kinds).toContain(kind);
      expect(rows.filter(([what]) => what === 'day')).toHaveLength(14);
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'says of days that are not kept any longer that they are not, and counts nobody on them',
    async () => {
      const watched = await opened('/admin?scope=local&days=400&compare=previous');
      const { page } = watched;
      const sheet = page.locator('.history-sheet');
      await sheet.getByText('not kept any longer', { exact: true }).waitFor();
      await sheet.getByText('As many days before are not kept any longer.').waitFor();
      expect(await sheet.getByText('exactly counted').count()).toBe(0);
      expect(await sheet.getByText('Dashed').count()).toBe(0);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV' }).click(),
      ]);
      expect(await readFile(await download.path(), 'utf8')).not.toContain('previous period');
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'names the year of days that are not of this one',
    async () => {
      const watched = await opened('/admin?scope=local&days=400');
      const { page } = watched;
      const sheet = page.locator('.history-sheet');
      const [first, last] = [dayAgo(399), dayAgo(0)].map((day) => day.slice(0, 4));
      await sheet.locator('.chart-title', { hasText: new RegExp(`${first} – .*${last}`) }).waitFor();
      await sheet.locator('.figure-label', { hasText: new RegExp(`${first} – .*${last}`) }).waitFor();
      await sheet.getByText('As a table').click();
      const row = sheet.locator('tbody th');
      await row.nth(399).waitFor();
      expect(await row.nth(0).textContent()).not.toContain(last);
      expect(await row.nth(399).textContent()).toContain(first);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'tells people of a period as of those of its days that are kept',
    async () => {
      await node.ask('POST', '/v1/admin/retention', { keptDays: 62, dryRun: false });
      const watched = await opened('/admin?scope=local&days=90&compare=previous');
      const sheet = watched.page.locator('.history-sheet');
      const label = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
      const firstKept = label.format(Date.now() - 61 * DAY_MS);
      await sheet.locator('.figure-label').getByText(firstKept).waitFor();
      await sheet.getByText('not kept any longer', { exact: true }).waitFor();
      await watched.close();
      await node.ask('POST', '/v1/admin/retention', { keptDays: 400, dryRun: false });
    },
    TEST_MS,
  );

  it(
    'asks again as often as the reader chose, and never when it is off',
    async () => {
      const watched = await browser.open();
      const { page } = watched;
      await page.clock.install();
      await node.signIn(page);
      await page.goto(`${node.url}/admin`);
      await page.locator('.figure-number').first().waitFor();
      const asked = () => watched.requested.filter((url) => url.endsWith(OVERVIEW)).length;
      const asksAgain = async (choice: string, afterMs: number) => {
        await Promise.all([
          page.waitForResponse((response) => response.url().endsWith(OVERVIEW)),
          page.getByRole('radio', { name: choice, exact: true }).check(),
        ]);
        const again = page.waitForResponse((response) => response.url().endsWith(OVERVIEW));
        const before = asked();
        await page.clock.runFor(afterMs - 1_000);
        expect(asked()).toBe(before);
        await page.clock.runFor(1_000);
        await (await again).finished();
      };
      await asksAgain('30 s', 30_000);
      await asksAgain('5 min', 300_000);
      await page.getByRole('radio', { name: 'off', exact: true }).check();
      await page.waitForFunction(`localStorage.getItem('headcount-refresh') === 'off'`);
      await page.evaluate(() => fetch('/v1/session').then((answer) => answer.text()));
      const before = asked();
      await page.clock.runFor(3_600_000);
      await page.evaluate(() => fetch('/v1/session').then((answer) => answer.text()));
      expect(asked()).toBe(before);
      await page.reload();
      expect(await page.getByRole('radio', { name: 'off', exact: true }).isChecked()).toBe(true);
      await watched.close();
    },
    TEST_MS,
  );
});
