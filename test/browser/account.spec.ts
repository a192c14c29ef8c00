import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { freePorts } from '../../src/demo/demo-node.js';
import { NodeProcess } from '../federation/node-process.js';
import { expectAccessible } from './accessibility.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'a quite different sentence';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const WIDTHS = [320, 1440];
/** Pixels that the reader would have to scroll sideways. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
/** While it starts anew, a node says so or does not answer whoever asks whether it is back; and a refusal is an answer. */
const EXPECTED_COMPLAINT =
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|40[19] \(|503 \(.* at .*\/v1\/admin\/settings$/;
const NOT_HONOURED = 'Do Not Track and Global Privacy Control are not honoured here.';
const TEST_MS = 120_000;

describeWithChromium('signing in', (browser) => {
  let folder: string;
  let node: NodeProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-account-'));
    const [port = 0] = await freePorts(1);
    node = await NodeProcess.start(folder, 'node', port, {
      ...{ HEADCOUNT_NAME: '', HEADCOUNT_VISITOR: 'ip-ua' },
    });
    await node.printsMatching(/setup#\S+\n/);
  }, 60_000);

  afterAll(async () => {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function opened(path: string): Promise<WatchedPage> {
    const watched = await browser.open();
    await watched.page.goto(new URL(path, node.url).href);
    await watched.page.locator('h1').waitFor();
    return watched;
  }

  async function expectFits(page: Page): Promise<void> {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      expect({ width, overflow: await page.evaluate<number>(OVERFLOW) }).toEqual({ width, overflow: 0 });
    }
  }

  function expectCalm(watched: WatchedPage): void {
    expect(watched.complaints.filter((text) => !EXPECTED_COMPLAINT.test(text))).toEqual([]);
    expect(watched.requested.filter((url) => new URL(url).origin !== node.url)).toEqual([]);
  }

  async function signIn(page: Page, password: string, name = 'anna'): Promise<void> {
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it.each(['en-US', 'de-DE', 'es-ES', 'fr-FR', 'tr-TR'])(
    'fits a phone in the words of %s, and also from right to left',
    async (locale) => {
      const [link = ''] = /http\S+\/setup#\S+/.exec(node.printed) ?? [];
      const watched = await browser.open({ locale });
      const { page } = watched;
      for (const url of [link, `${node.url}/login`]) {
        await page.goto(url);
        await page.locator('h1').waitFor();
        expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2));
        for (const direction of ['ltr', 'rtl']) {
          await page.evaluate(`document.documentElement.dir = '${direction}'`);
          await expectFits(page);
        }
      }
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'goes from the first start to the first visit in three steps',
    async () => {
      const [link = ''] = /http\S+\/setup#\S+/.exec(node.printed) ?? [];
      const watched = await opened(link);
      const { page } = watched;
      await expectFits(page);
      await expectAccessible(page);
      await page.getByLabel('Name of this node').fill('<i>Reading</i> Room');
      await page.getByLabel('Your name').fill('anna');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('Found a federation').click();
      await expectFits(page);
      await expectAccessible(page);
      await page.getByText('On its own').click();
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('Waiting for the first visit').waitFor({ timeout: 60_000 });
      await expect(page.locator('.code').textContent()).resolves.toBe(
        `<script defer src="${node.url}/tracker.js"></script>`,
      );
      await expectFits(page);
      await expectAccessible(page);
      await fetch(`${node.url}/v1/hits`, { method: 'POST', headers: { 'user-agent': FIREFOX } });
      await page.getByText('The first visit has arrived.').waitFor();
      expect(watched.requested.some((url) => url.endsWith('/v1/stream'))).toBe(true);
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Open the dashboard' }).click();
      await page.waitForURL(`${node.url}/admin`);
      expect(node.printed).toContain('<i>Reading</i> Room ·');
      expectCalm(watched);
      const again = await opened(link);
      await again.page.getByText('This node is set up.').waitFor();
      await Promise.all([watched.close(), again.close()]);
    },
    TEST_MS,
  );

  it(
    'takes a password and a code, and lets nobody in without them',
    async () => {
      const watched = await opened('/login?next=%2Faccount');
      const { page } = watched;
      await expectFits(page);
      await signIn(page, 'not the password');
      await page.getByRole('alert').filter({ hasText: 'is not right' }).waitFor();
      await signIn(page, PASSWORD);
      await page.waitForURL(`${node.url}/account`);
      await page.getByLabel('Current password').last().fill(PASSWORD);
      await page.getByRole('button', { name: 'Turn it on' }).click();
      const secret = (await page.locator('.code').textContent()) ?? '';
      await expectFits(page);
      await page
        .getByRole('textbox', { name: 'Code' })
        .fill(TOTP.generate({ secret: Secret.fromBase32(secret) }));
      await page.getByRole('button', { name: 'Confirm' }).click();
      const recovery = (await page.locator('.recovery li').first().textContent()) ?? '';
      await expectFits(page);
      await page.getByRole('button', { name: 'I have kept them' }).click();
      await page.getByText('10 recovery codes are left').waitFor();
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.waitForURL(`${node.url}/login`);
      await signIn(page, PASSWORD);
      await page.getByLabel('Code').fill(recovery);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${node.url}/admin`);
      expectCalm(watched);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'locks strangers out after many failures, and the command line lets the owner in',
    async () => {
      const watched = await opened('/login');
      const { page } = watched;
      await page.getByLabel('Your name').fill('anna');
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      for (let attempt = 0; attempt < 11; attempt++) {
        const answer = page.waitForResponse(`${node.url}/v1/login`);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await (await answer).finished();
        await page.getByRole('alert').waitFor();
      }
      await page.getByRole('alert').filter({ hasText: 'Too many attempts failed' }).waitFor();
      const { path } = await node.client.post<{ path: string }>('/v1/admin/accounts/anna/reset');
      const back = await opened(path);
      await back.page.getByLabel('New password').fill(NEW_PASSWORD);
      await back.page.getByRole('button', { name: 'Choose this password' }).click();
      await back.page.waitForURL(`${node.url}/admin`);
      await back.page.goto(`${node.url}/account`);
      await back.page.getByText('Off. With it').waitFor();
      expectCalm(back);
      await Promise.all([watched.close(), back.close()]);
    },
    TEST_MS,
  );

  it.each(['/login', '/setup', '/privacy'])(
    '%s has no violation that axe-core finds, in both schemes',
    async (path) => {
      const watched = await browser.open();
      await watched.page.goto(node.url + path);
      await watched.page.locator('h1').waitFor();
      await expectAccessible(watched.page);
      await expectFits(watched.page);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'the own account has no violation that axe-core finds, and leads elsewhere nobody who is not signed in',
    async () => {
      const stranger = await opened('/account');
      await stranger.page.waitForURL(`${node.url}/login?next=%2Faccount`);
      const { path } = await node.client.post<{ path: string }>('/v1/admin/accounts/anna/reset');
      const watched = await browser.open();
      await watched.page.goto(node.url + path);
      await watched.page.locator('h1').waitFor();
      await expectAccessible(watched.page);
      await watched.page.getByLabel('New password').fill(PASSWORD);
      await watched.page.getByRole('button', { name: 'Choose this password' }).click();
      await watched.page.waitForURL(`${node.url}/admin`);
      await watched.page.goto(`${node.url}/account`);
      await watched.page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
      await expectAccessible(watched.page);
      await Promise.all([stranger.close(), watched.close()]);
    },
    TEST_MS,
  );

  it(
    'changes what is counted, and the words about privacy beside it become true of that',
    async () => {
      const { path } = await node.client.post<{ path: string }>('/v1/admin/accounts/anna/reset');
      const watched = await opened(path);
      const { page } = watched;
      await page.getByLabel('New password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Choose this password' }).click();
      await page.waitForURL(`${node.url}/admin`);
      await page.goto(`${node.url}/admin/settings`);
      await page.getByText('you are not counted').waitFor();
      await page.getByLabel('Do not count who asks not to be').uncheck();
      const form = page.locator('form').filter({ hasText: 'Do not count who asks not to be' });
      await form.getByRole('button', { name: 'Save' }).click();
      await page.getByText(NOT_HONOURED).waitFor({ timeout: 60_000 });
      expect(await page.getByText('you are not counted').count()).toBe(0);
      await page.goto(`${node.url}/privacy`);
      await page.getByText(NOT_HONOURED).waitFor();
      expectCalm(watched);
      await watched.close();
    },
    TEST_MS,
  );
});
