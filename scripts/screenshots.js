// Pictures of every page, full and empty, light and dark, narrow to wide.
//
//   npm run screenshots [-- <folder>]        default: screenshots/
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startNode } from '../dist/node.js';
import { computeTotal, hubSettings, seedHub } from './seeded-hub.js';

const PAGES = {
  counter: '/',
  overview: '/admin',
  federation: '/admin/federation',
  requests: '/admin/federation/requests',
  held: '/admin/federation/held',
  alerts: '/admin/federation/alerts',
  charter: '/admin/federation/charter',
  overlaps: '/admin/federation/overlaps',
  log: '/admin/federation/log',
  accounts: '/admin/accounts',
  settings: '/admin/settings',
  account: '/account',
  login: '/login',
  privacy: '/privacy',
};
const WIDTHS = [360, 768, 1440];
const SCHEMES = ['light', 'dark'];
const HEIGHT = 900;
const PASSWORD = 'correct horse battery';
/** Of the slowest panel, on a machine with other work. */
const SETTLED_MS = 60_000;

const target = process.argv[2] ?? 'screenshots';
await mkdir(target, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'headcount-screenshots-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  await seedHub(join(folder, 'full'));
  for (const state of ['full', 'empty']) {
    const node = await startNode(hubSettings(join(folder, state)), { listens: true, exchanges: false });
    if (state === 'full') await computeTotal(node.url);
    await picture(node, state);
    await node.stop();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function picture({ url, setUpToken }, state) {
  const strange = { setup: `/setup#${setUpToken}` };
  if (state === 'empty') await pictures(url, strange, undefined, state);
  await pictures(url, PAGES, await signedIn(url, setUpToken), state);
}

/** Of each page in every width and scheme. */
async function pictures(url, pages, storageState, state) {
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const viewport = { width, height: HEIGHT };
      const context = await browser.newContext({ storageState, colorScheme, viewport, locale: 'en-GB' });
      const page = await context.newPage();
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(url + path);
        await page.locator('h1').waitFor({ timeout: SETTLED_MS });
        await page.waitForFunction(() => document.querySelector('.loading') === null, null, {
          timeout: SETTLED_MS,
        });
        const file = join(target, `${name}-${state}-${width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        console.log(file);
      }
      await context.close();
    }
  }
}

/** The cookies of the node's first administrator. */
async function signedIn(url, token) {
  const context = await browser.newContext();
  const data = { token, name: 'anna', password: PASSWORD };
  await context.request.post(`${url}/v1/setup`, { data, headers: { origin: url } });
  const state = await context.storageState();
  await context.close();
  return state;
}
