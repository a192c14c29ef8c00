import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { freePorts } from '../../src/demo/demo-node.js';
import { expectAccessible } from './accessibility.js';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';
import { SECTIONS, settled } from './dashboard-sections.js';
import { type FederationTerms, ForgingMember } from './forging-member.js';

const HOSTILE = '<img src=x onerror=alert(1)>=cmd';
const WIDTHS = [320, 768, 1440];
const PHONES = [320, 360];
const OTHER_PAGES = ['/', '/privacy', '/account'];
/** Pixels that the reader would have to scroll sideways, once charts have seen their new width. */
const OVERFLOW = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.documentElement.scrollWidth - document.documentElement.clientWidth))))`;
/** Pixels that the reader would have to scroll sideways in a dialog that is open. */
const CUT = `[...document.querySelectorAll('dialog[open]')].reduce((sum, { scrollWidth, clientWidth }) => sum + scrollWidth - clientWidth, 0)`;
/** Bytes of the document and its assets, as they were sent. */
const DOWNLOADED = `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/'))].reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;
/** `--accent` in both schemes. */
const LIGHT_ACCENT = [0xad, 0x3c, 0x12];
const DARK_ACCENT = [0xff, 0x94, 0x66];
/** A4 less the margins. */
const PAPER = { width: 718, height: 1047 };
const TEST_MS = 120_000;

describeWithChromium('the dashboard', (browser) => {
  let hub: BrowserNode;
  let forger: ForgingMember;
  let terms: FederationTerms;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    hub = await BrowserNode.start({
      ...{ PORT: String(port), HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: url, HEADCOUNT_NAME: 'Hub' },
      HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1',
    });
    terms = await hub.ask('POST', '/v1/admin/federation', { name: 'Rooms' });
    await hub.visits(400);
    await hub.visits(300, 1);
    await exchange();
    forger = new ForgingMember(url, HOSTILE);
    await forger.join();
  }, TEST_MS);

  afterAll(() => hub.stop());

  async function opened(path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const watched = await browser.open(options);
    await hub.signIn(watched.page);
    await watched.page.goto(hub.url + path);
    await settled(watched.page);
    return watched;
  }

  const exchange = () => hub.ask('POST', '/v1/admin/exchange', {});

  it(
    'leads whoever is not signed in to where people sign in, from the earlier addresses too',
    async () => {
      const { page, close } = await browser
        .open()
        .then((watched) => ({ page: watched.page, close: () => watched.close() }));
      await page.goto(`${hub.url}/analytics?key=metalise2025`);
      await page.waitForURL(`${hub.url}/login?next=%2Fadmin`);
      await close();
    },
    TEST_MS,
  );

  it(
    'lets a member in after its words were compared, and its name stays text',
    async () => {
      const watched = await opened('/admin/federation/requests');
      const { page } = watched;
      const { peers } = await hub.ask<{ peers: { words: string }[] }>('GET', '/v1/admin/peers');
      await page.getByText(peers[0]!.words).waitFor();
      await page.getByRole('heading', { name: HOSTILE }).waitFor();
      await expectFitsFilled(page);
      await page.getByRole('button', { name: 'Approve' }).click();
      await expectFitsFilled(page);
      await page.getByLabel('Count at once').check();
      await page.getByLabel('Why').fill('words read out on the phone');
      await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
      await page.getByText('Nobody is waiting').waitFor();
      expect(await page.locator('img').count()).toBe(0);
      watched.expectClean(hub.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'announces what a decision does, and the total becomes it',
    async () => {
      await forger.report(terms, 3000, 10);
      await exchange();
      const watched = await opened('/admin/federation/held');
      const { page } = watched;
      await page.getByText('More people than hits.').waitFor();
      await page.locator('.expected').waitFor();
      await expectFromLeftToRight(page);
      await expectFitsFilled(page);
      await page.getByText(/^[\d,]+ \([\d,]+ – [\d,]+\) people, 10 hits$/).waitFor();
      const pictures = page.locator('figure').filter({ has: page.locator('.bar-claim') });
      await pictures.getByText('As a table').click();
      await expectInOneForm(pictures.locator('tbody td').first());
      await page.getByRole('button', { name: 'Let it count' }).click();
      const announced = await announcedToday(page);
      await expectFitsFilled(page);
      await page.getByLabel('Why').fill('seen on the phone');
      await page.getByRole('dialog').getByRole('button', { name: 'Let it count', exact: true }).click();
      await page.getByText('Nothing is held back').waitFor();
      await exchange();
      await totalTodayBecomes(page, announced);
      await page.goto(`${hub.url}/admin/federation`);
      await expectInOneForm(page.locator('.origins tbody td').first());
      await expectNamesReached(page);
      await page.getByRole('button', { name: 'Exclude' }).click();
      const excluded = await announcedToday(page);
      await page.getByLabel('Why').fill('=HYPERLINK("x")');
      await page.getByRole('dialog').getByRole('button', { name: 'Exclude', exact: true }).click();
      await page.getByRole('button', { name: 'Include again' }).waitFor();
      await exchange();
      await totalTodayBecomes(page, excluded);
      expect(excluded).not.toBe(announced);
      await page.goto(`${hub.url}/admin/federation/log`);
      await page.getByText('“seen on the phone”').waitFor();
      await page.getByText('“words read out on the phone”').waitFor();
      watched.expectClean(hub.url);
      await watched.close();
    },
    TEST_MS,
  );

  /** With something to show, also in the dialog that is open: no violation that axe-core finds, and nothing cut or scrolled. */
  async function expectFitsFilled(page: Page): Promise<void> {
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate<number>(OVERFLOW);
      const cut = await page.evaluate<number>(CUT);
      expect({ width, overflow, cut }).toEqual({ width, overflow: 0, cut: 0 });
    }
  }

  /** The labels below each picture stand where their bars do, whichever way the page is read. */
  async function expectFromLeftToRight(page: Page): Promise<void> {
    await page.evaluate(`document.documentElement.dir = 'rtl'`);
    for (const ends of await page.locator('.ends').all()) {
      const [first, last] = await Promise.all([0, 1].map((at) => ends.locator('span').nth(at).boundingBox()));
      expect(first!.x).toBeLessThan(last!.x);
    }
    await page.evaluate(`document.documentElement.dir = 'ltr'`);
  }

  /** Of the dots in the picture: by a tap, and by the keyboard. */
  async function expectNamesReached(page: Page): Promise<void> {
    const picture = page.getByRole('listbox', { name: 'Who exchanges reports' });
    const name = page.locator('.chosen').getByText(`${HOSTILE}: `);
    expect(await name.count()).toBe(0);
    await picture.focus();
    await page.keyboard.press('ArrowRight');
    await name.waitFor();
    await page.reload();
    await picture.getByRole('option').first().click();
    await name.waitFor();
  }

  /** A number of people in a table: `3,010 (2,960 – 3,070)`. */
  async function expectInOneForm(cell: Locator): Promise<void> {
    expect(await cell.textContent()).toMatch(/^[\d,]+ \((exactly counted|[\d,]+ – [\d,]+)\)$/);
  }

  /** The figure of the dialog for today, when the node has computed it. */
  async function announcedToday(page: Page): Promise<string> {
    const cell = page.getByRole('dialog').locator('.effect tbody tr').first().locator('td').last();
    await expectInOneForm(cell);
    return ((await cell.textContent()) ?? '').split(' ')[0]!;
  }

  /** Resolves when the overview shows that figure for today over all instances. An answer is kept for a second. */
  async function totalTodayBecomes(page: Page, figure: string): Promise<void> {
    await page.goto(`${hub.url}/admin`);
    const sheet = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Over all instances' }) });
    await sheet
      .locator('.figure-number')
      .first()
      .filter({ hasText: new RegExp(`^${figure}$`) })
      .waitFor();
  }

  it(
    'keeps filters in the address, and exports what is shown',
    async () => {
      const watched = await opened('/admin?scope=local&days=90');
      const { page } = watched;
      expect(await page.getByRole('radio', { name: '90 days' }).isChecked()).toBe(true);
      await page.getByRole('radio', { name: '7 days', exact: true }).check();
      await page.getByLabel('beside as many days before').check();
      await page.waitForURL(/scope=local&days=7&compare=previous/);
      await page.reload();
      await page.locator('.history-sheet canvas').waitFor();
      expect(await page.getByLabel('beside as many days before').isChecked()).toBe(true);
      const table = await saved(page, 'Save as CSV');
      const lines = table.toString().split('\r\n');
      expect(lines[0]).toBe('what,scope,from,to,people,low,high,hits');
      expect(lines.filter((line) => line.startsWith('day,local,'))).toHaveLength(14);
      expect(lines.some((line) => /^period,local,.+,\d+$/.test(line))).toBe(true);
      expect((await saved(page, 'Save as picture')).subarray(1, 4).toString()).toBe('PNG');
      watched.expectClean(hub.url);
      await watched.close();
    },
    TEST_MS,
  );

  async function saved(page: Page, name: string): Promise<Buffer> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name }).click(),
    ]);
    return readFile(await download.path());
  }

  it(
    'gives others an account with a role, changes it and takes it back, all in the audit log',
    async () => {
      const watched = await opened('/admin/accounts');
      const { page } = watched;
      const entry = page.getByRole('article').filter({ hasText: HOSTILE });
      const decide = async (action: string) => {
        await page.getByRole('button', { name: `${action}: ${HOSTILE}` }).click();
        await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
      };
      expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(0);
      await page.getByLabel('Name', { exact: true }).fill(HOSTILE);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await entry.getByText('Viewer').waitFor();
      const link = await page.getByLabel('The link').inputValue();
      const viewer = await browser.open();
      await viewer.page.goto(link);
      await viewer.page.getByLabel('New password').fill('a quite different sentence');
      await viewer.page.getByRole('button', { name: 'Choose this password' }).click();
      await viewer.page.waitForURL(`${hub.url}/admin`);
      await viewer.page.locator('.figure-number').first().waitFor();
      expect(await viewer.page.getByRole('link', { name: 'Accounts' }).count()).toBe(0);
      expect((await viewer.page.request.get(`${hub.url}/v1/admin/accounts`)).status()).toBe(403);
      await decide('Make an administrator');
      await entry.getByText('Administrator', { exact: true }).waitFor();
      expect((await viewer.page.request.get(`${hub.url}/v1/analytics/overview`)).status()).toBe(401);
      await decide('New link');
      await page.getByText('its link is good until').waitFor();
      await decide('Remove');
      await entry.waitFor({ state: 'detached' });
      await page.goto(`${hub.url}/admin/federation/log`);
      for (const action of ['add account', 'change role', 'reset account', 'remove account'])
        await page.getByText(action, { exact: true }).first().waitFor();
      expect(await page.getByText('account anna').count()).toBeGreaterThan(3);
      watched.expectClean(hub.url);
      await Promise.all([viewer.close(), watched.close()]);
    },
    TEST_MS,
  );

  it(
    'tells in the words of the reader who decided what',
    async () => {
      await hub.ask('POST', '/v1/admin/keys', { name: 'for the log', kind: 'write' });
      const line = await hub.ask<{ line: string }>('GET', '/v1/admin/federation/export');
      await hub.ask('POST', '/v1/admin/federation/import', line);
      const watched = await opened('/admin/federation/log', { locale: 'de-DE' });
      const { page } = watched;
      for (const word of ['Konto angelegt', 'Föderation gegründet', 'Föderation importiert', /^Knoten: /])
        await page.getByText(word, { exact: true }).first().waitFor();
      expect(await page.locator('.log [lang=en]').allTextContents()).toEqual([]);
      await page.goto(`${hub.url}/admin/settings`);
      await settled(page);
      await page
        .getByRole('article')
        .filter({ hasText: 'for the log' })
        .getByText('Besuche senden')
        .waitFor();
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'shares the overview by a link, and nothing else',
    async () => {
      const watched = await opened('/admin?scope=local&days=90');
      await watched.page.getByRole('button', { name: 'Share' }).click();
      await watched.page.getByLabel('For whom').fill('the board');
      await watched.page.getByRole('button', { name: 'Make the link' }).click();
      const link = await watched.page.getByLabel('The link').inputValue();
      await watched.close();
      const reader = await browser.open();
      await reader.page.goto(link);
      await reader.page.locator('.figure-number').first().waitFor();
      await reader.page.locator('.history-sheet canvas').waitFor();
      for (const choice of ['90 days', 'On this node'])
        expect(await reader.page.getByRole('radio', { name: choice, exact: true }).isChecked()).toBe(true);
      expect(await reader.page.getByRole('link', { name: 'Federation' }).count()).toBe(0);
      expect(await reader.page.getByRole('button', { name: 'Share' }).count()).toBe(0);
      await expectFitsFilled(reader.page);
      reader.expectClean(hub.url);
      await reader.close();
    },
    TEST_MS,
  );

  it(
    'shows the last figures with their age when the node is away',
    async () => {
      const watched = await opened('/admin');
      const { page } = watched;
      await page.locator('.figure-number').first().waitFor();
      await page.route('**/v1/**', (route) => route.abort());
      await page.reload();
      await page
        .getByText(/Not up to date: the node last answered/)
        .first()
        .waitFor();
      await page.locator('.figure-number').first().waitFor();
      await expectAccessible(page);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'is printed in the colours of paper, and with every column',
    async () => {
      const watched = await opened('/admin', { colorScheme: 'dark', locale: 'de-DE' });
      const { page } = watched;
      await page.locator('.history-sheet canvas').waitFor();
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      await isDrawnIn(page, LIGHT_ACCENT);
      await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
      await isDrawnIn(page, DARK_ACCENT);
      await page.goto(`${hub.url}/admin/federation`);
      await page.locator('.origins').waitFor();
      await page.setViewportSize(PAPER);
      await page.emulateMedia({ media: 'print' });
      const table = page.locator('.origins');
      const [sheet, last] = await Promise.all([
        page.locator('section', { has: table }).boundingBox(),
        table.getByRole('columnheader').filter({ visible: true }).last().boundingBox(),
      ]);
      expect(last!.x + last!.width).toBeLessThanOrEqual(sheet!.x + sheet!.width);
      expect(await page.evaluate<number>(OVERFLOW)).toBe(0);
      await watched.close();
    },
    TEST_MS,
  );

  /** Resolves when the chart has a dot of that colour. */
  function isDrawnIn(page: Page, colour: readonly number[]): Promise<void> {
    return page.evaluate(`(async () => {
      const hasDot = ({ width, height }, context) => {
        const { data } = context.getImageData(0, 0, width, height);
        return data.some((_, at) => at % 4 === 0 && [${colour}].every((part, index) => data[at + index] === part));
      };
      for (;;) {
        const canvas = document.querySelector('.history-sheet canvas');
        if (canvas && hasDot(canvas, canvas.getContext('2d'))) return;
        await new Promise(requestAnimationFrame);
      }
    })()`);
  }

  it(
    'is small at first view',
    async () => {
      // Of what came through one, Chromium tells the size after decoding.
      const watched = await opened('/admin', { serviceWorkers: 'block' });
      await watched.page.locator('.history-sheet canvas').waitFor();
      const bytes = await watched.page.evaluate<number>(DOWNLOADED);
      expect(bytes).toBeLessThanOrEqual(60_000);
      expect(bytes).toBeGreaterThan(40_000);
      await watched.close();
    },
    TEST_MS,
  );

  it.each(['en-US', 'de-DE', 'es-ES', 'fr-FR', 'tr-TR'])(
    'fits a phone in the words of %s, and also from right to left',
    async (locale) => {
      const watched = await browser.open({ locale, viewport: { width: 320, height: 640 } });
      const { page } = watched;
      await hub.signIn(page);
      const tooWide: string[] = [];
      for (const path of [...SECTIONS, ...OTHER_PAGES]) {
        await page.goto(hub.url + path);
        await settled(page);
        expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2));
        for (const direction of ['ltr', 'rtl']) {
          await page.evaluate(`document.documentElement.dir = '${direction}'`);
          for (const width of PHONES) {
            await page.setViewportSize({ width, height: 640 });
            if ((await page.evaluate<number>(OVERFLOW)) > 0) tooWide.push(`${path} ${direction} ${width}`);
          }
        }
      }
      expect(tooWide).toEqual([]);
      await watched.close();
    },
    TEST_MS,
  );

  it.each(SECTIONS)(
    '%s has no violation that axe-core finds, and fits every width',
    async (path) => {
      const watched = await opened(path);
      await expectAccessible(watched.page);
      for (const width of WIDTHS) {
        await watched.page.setViewportSize({ width, height: 800 });
        const overflow = await watched.page.evaluate<number>(OVERFLOW);
        expect({ width, overflows: overflow > 0 }).toEqual({ width, overflows: false });
      }
      await watched.close();
    },
    TEST_MS,
  );
});
