import type { Page } from 'playwright-core';

/** Every page of the dashboard. */
export const SECTIONS = [
  '/admin',
  '/admin/federation',
  '/admin/federation/requests',
  '/admin/federation/held',
  '/admin/federation/alerts',
  '/admin/federation/charter',
  '/admin/federation/overlaps',
  '/admin/federation/log',
  '/admin/accounts',
  '/admin/settings',
];

/** Resolves when every panel has something to show, be it that there is nothing. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  // A text would be evaluated on the page, which its policy forbids from the second look on.
  await page.locator('.loading').first().waitFor({ state: 'detached' });
}
