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
