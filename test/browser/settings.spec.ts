import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { BrowserContextOptions } from 'playwright-core';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';
import { settled } from './dashboard-sections.js';

const TEST_MS = 60_000;
const unpack = promisify(execFile);

describeWithChromium('the settings', (browser) => {
  let node: BrowserNode;
  let folder: string;

  beforeAll(async () => {
    node = await BrowserNode.start({ HEADCOUNT_NAME: 'Reading Room' });
    folder = await mkdtemp(join(tmpdir(), 'headcount-backup-'));
    await node.visits(12);
  }, TEST_MS);

  afterAll(async () => {
    await node.stop();
    await rm(folder, { recursive: true });
  });

  async function opened(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const watched = await browser.open(options);
    await node.signIn(watched.page);
    await watched.page.goto(`${node.url}/admin/settings`);
    await settled(watched.page);
    return watched;
  }

  it(
    'keep how counter and badge look, over a restart too, and show it before it is kept',
    async () => {
      const watched = await opened();
      const { page } = watched;
      await page.getByLabel('Label', { exact: true }).fill('readers <b>');
      await page.getByLabel('Colour', { exact: true }).fill('#123456');
      await page.getByLabel('Style of the badge').selectOption('for-the-badge');
      await page.locator('.preview img[src*="style=for-the-badge"][src*="color=123456"]').waitFor();
      await page.locator('.preview').getByText('readers <b>: ').waitFor();
      expect(await badge()).not.toContain('#123456');
      await page.locator('form').filter({ hasText: 'Style of the badge' }).getByRole('button').click();
      await page.getByText('Done').waitFor();
      const kept = await badge();
      expect(kept).toContain('#123456');
      expect(kept).toContain('READERS &lt;B&gt;');
      watched.expectClean(node.url);
      await watched.close();
      await node.restart();
      expect(await badge()).toBe(kept);
      const after = await opened();
      expect(await after.page.getByLabel('Label', { exact: true }).inputValue()).toBe('readers <b>');
      await after.close();
    },
    TEST_MS,
  );

  it(
    'name a style that keeps the place of the number, and a picture that says what it is',
    async () => {
      const watched = await opened();
      const { page } = watched;
      const textOf = (label: string) => page.getByLabel(label).inputValue();
      expect(await textOf('In the style sheet of the site')).toContain(
        'display: inline-block; min-inline-size: 9ch',
      );
      expect(await textOf('To show the counter')).toContain('alt="People, 30 days"');
      await page.getByLabel('Window').selectOption('all');
      expect(await textOf('In the style sheet of the site')).toContain('min-inline-size: 21ch');
      await page.getByLabel('Whose people').selectOption('local');
      expect(await textOf('In the style sheet of the site')).toContain('min-inline-size: 9ch');
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'have boxes to check that a finger finds, also beside long words on a phone',
    async () => {
      const watched = await opened({ locale: 'de-DE', viewport: { width: 360, height: 640 } });
      const boxes = await watched.page.getByRole('checkbox').all();
      expect(boxes.length).toBeGreaterThan(2);
      for (const box of boxes) expect(await box.boundingBox()).toMatchObject({ width: 20, height: 20 });
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'tell what a shorter memory would forget before anything is, and keep it when told to',
    async () => {
      const watched = await opened();
      const { page } = watched;
      const kept = () => node.ask<{ keptDays: number }>('GET', '/v1/admin/retention');
      const { keptDays } = await kept();
      await page.getByLabel(/^Days \(62 to /).fill('62');
      await page.getByRole('button', { name: 'What would be forgotten?' }).click();
      await page.getByText('Nothing would be forgotten now.').waitFor();
      expect(keptDays).toBeGreaterThan(62);
      expect(await kept()).toMatchObject({ keptDays });
      await page.getByRole('button', { name: /^Keep so many/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Keep so many', exact: true }).click();
      await page.getByRole('button', { name: /^Keep so many/ }).waitFor({ state: 'detached' });
      expect(await kept()).toMatchObject({ keptDays: 62 });
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'make a key that opens what it is for, and none once it is revoked',
    async () => {
      const watched = await opened();
      const { page } = watched;
      await page.getByLabel('What it is for').fill('the report of <b>');
      await page.getByLabel('What it may do').selectOption('read figures');
      await page.getByRole('button', { name: 'Make a key' }).click();
      const key = await page.getByLabel('The key, shown once').inputValue();
      const opens = async (path: string) => {
        const headers = { authorization: `Bearer ${key}` };
        return (await fetch(node.url + path, { headers })).status;
      };
      const entry = page.getByRole('article').filter({ hasText: 'the report of <b>' });
      await entry.getByText('read figures').waitFor();
      expect(await opens('/v1/analytics/overview')).toBe(200);
      expect(await opens('/v1/admin/settings')).toBe(403);
      await entry.getByRole('button', { name: /^Revoke/ }).click();
      await page.getByLabel('Why').fill('to see');
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
      await entry.waitFor({ state: 'detached' });
      expect(await opens('/v1/analytics/overview')).toBe(401);
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'tell as whom the reader would be counted, and when a proxy is not believed',
    async () => {
      const watched = await opened();
      const { page } = watched;
      const sheet = page.locator('section', { has: page.getByText('What address do I see you as') });
      await sheet.getByText('127.0.0.1 (taken for the visitor)').waitFor();
      await sheet.getByText('name it among those that are believed').waitFor();
      await page.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.9' });
      await sheet.getByRole('button', { name: 'Look again' }).click();
      await sheet.getByText('203.0.113.9').waitFor();
      await sheet.getByText('all visitors would be counted as one').waitFor();
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );

  it(
    'end the sessions of other browsers, from the own account',
    async () => {
      const [here, other] = [await opened(), await opened()];
      await here.page.goto(`${node.url}/account`);
      await here.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
      await here.page
        .getByRole('button', { name: 'Sign out everywhere else' })
        .waitFor({ state: 'detached' });
      expect(await here.page.locator('.sessions li').count()).toBe(1);
      await other.page.goto(`${node.url}/account`);
      await other.page.waitForURL(`${node.url}/login?next=%2Faccount`);
      await Promise.all([here.close(), other.close()]);
    },
    TEST_MS,
  );

  const badge = () => fetch(`${node.url}/badge/30d.svg`).then((response) => response.text());

  it(
    'make a backup, whose file holds what was counted, and delete it',
    async () => {
      const watched = await opened();
      const { page } = watched;
      await page.getByText('There is no backup yet.').waitFor();
      await page.getByRole('button', { name: 'Back up now' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: /^Download/ }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^headcount-.+\.tar$/);
      await unpack('tar', ['-xf', await download.path(), '-C', folder]);
      const files = (await readdir(folder, { recursive: true })).sort();
      expect(files.filter((file) => file.endsWith('keyring.json'))).toEqual([]);
      const counts = new Database(join(folder, files.find((file) => file.endsWith('counts.sqlite'))!));
      expect(counts.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(counts.prepare('SELECT sum(hits) FROM days').pluck().get()).toBe(12);
      counts.close();
      await page.getByRole('button', { name: /^Delete/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByText('There is no backup yet.').waitFor();
      watched.expectClean(node.url);
      await watched.close();
    },
    TEST_MS,
  );
});
