// Pictures of every page, full and empty, light and dark, narrow to wide; of those that open without the node also while
// it is away, and of the public page while it is closed.
//
//   npm run screenshots [-- <folder> [<page>…]]        default: screenshots/ and every page
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startNode } from '../dist/node.js';
import { computeTotal, hubSettings, seedHub, visitNow } from './seeded-hub.js';

const ALL_PAGES = {
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
/** What opens while the node is away. */
const WITHOUT_NODE = ['counter', 'overview'];
const WIDTHS = [360, 768, 1440];
const SCHEMES = ['light', 'dark'];
const HEIGHT = 900;
const PASSWORD = 'correct horse battery';
/** Of the slowest panel, on a machine with other work. */
const SETTLED_MS = 60_000;

const [target = 'screenshots', ...wanted] = process.argv.slice(2);
const PAGES = Object.fromEntries(
  Object.entries(ALL_PAGES).filter(([name]) => wanted.length === 0 || wanted.includes(name)),
);
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
    if (state === 'full') {
      await visitNow(node.url);
      await computeTotal(node.url);
    }
    if (state === 'empty' && wanted.length === 0) {
      const strangers = await openAll();
      await pictures(strangers, 'setup', `${node.url}/setup#${node.setUpToken}`, state);
      await closeAll(strangers);
    }
    const storageState = await signedIn(node.url, node.setUpToken);
    const pages = await openAll(storageState);
    if (state === 'empty' && wanted.length === 0) {
      await pictures(pages, 'setup-federation', `${node.url}/setup`, state);
      await pictures(pages, 'setup-site', `${node.url}/setup`, state, standAlone);
    }
    for (const [name, path] of Object.entries(PAGES)) await pictures(pages, name, node.url + path, state);
    if (state === 'full') await kept(pages, node.url);
    await node.stop();
    if (state === 'full')
      for (const name of WITHOUT_NODE.filter((name) => name in PAGES))
        await pictures(pages, name, node.url + PAGES[name], 'offline');
    await closeAll(pages);
  }
  const closed = { ...hubSettings(join(folder, 'closed')), publicCounts: false };
  const node = await startNode(closed, { listens: true, exchanges: false });
  await pictures(await openAll(), 'counter', node.url, 'closed');
  await node.stop();
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

/** A page for every scheme and width. */
async function openAll(storageState) {
  const pages = [];
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const viewport = { width, height: HEIGHT };
      const context = await browser.newContext({ storageState, colorScheme, viewport, locale: 'en-GB' });
      pages.push({ page: await context.newPage(), name: `${width}-${colorScheme}` });
    }
  }
  return pages;
}

async function closeAll(pages) {
  for (const { page } of pages) await page.context().close();
}

/** Leads from the second step of the set-up to the last. */
async function standAlone(page) {
  await page.getByText('On its own').click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Waiting for the first visit').waitFor({ timeout: SETTLED_MS });
}

/** @param prepare What is done on the page before its picture is taken. */
async function pictures(pages, name, url, state, prepare = async () => {}) {
  for (const { page, name: look } of pages) {
    await page.goto(url);
    await page.locator('h1').waitFor({ timeout: SETTLED_MS });
    await page.waitForFunction(() => document.querySelector('.loading') === null, null, {
      timeout: SETTLED_MS,
    });
    await prepare(page);
    const file = join(target, `${name}-${state}-${look}.png`);
    await page.screenshot({ path: file, fullPage: true });
    console.log(file);
  }
}

/** Resolves when the browser can open the pages without the node. */
async function kept(pages, url) {
  for (const { page } of pages) {
    for (const name of WITHOUT_NODE.filter((name) => name in PAGES)) {
      await page.goto(url + PAGES[name]);
      await page.evaluate(async (path) => {
        while (!(await caches.match(path))) await new Promise(requestAnimationFrame);
      }, PAGES[name]);
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
