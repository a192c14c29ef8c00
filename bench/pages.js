// The pages in a real Chromium whose processor is slowed down four times, against a hub with 400 days of history and
// 200 instances: first useful paint, reaction to a change of window, layout shift; then, while visits arrive, the long
// tasks and the memory of pages that stay open.
//
//   npm run bench:pages [-- --rounds 7 --minutes 10 --slowdown 4]
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { computeTotal, hubEnvironment, seedHub } from '../scripts/seeded-hub.js';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { CHANGED, USEFUL, watchPage } from './page-watch.js';
import { temporaryFolder } from './processes.js';
import { startHeadcount } from './targets.js';
import { addressOf } from './visits.js';

const INSTANCES = 200;
const PASSWORD = 'correct horse battery';
const SETTLED_MS = 60_000;
const VISIT_EVERY_MS = 1000;
const MEGABYTE = 2 ** 20;
let visitor = 0;

/** What makes a paint useful, and what a click changes where. */
const PAGES = {
  'public page': {
    path: '/',
    useful: '.figure-headline .figure-number',
    place: '.figure-headline',
    choices: ['7 days', 'today', '30 days'],
  },
  dashboard: {
    path: '/admin',
    useful: '.figure .figure-number',
    place: '.chart-title',
    choices: ['90 days', '7 days', '30 days'],
  },
  'dashboard, this node': {
    path: '/admin?scope=local',
    useful: '.figure .figure-number',
    place: '.history-sheet .figures',
    choices: ['90 days', '7 days', '30 days'],
  },
};

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    minutes: { type: 'string', default: '1' },
    slowdown: { type: 'string', default: '4' },
  },
});

console.log(`${describeMachine()}\n`);
const folder = temporaryFolder();
await seedHub(folder, INSTANCES);
const node = await startHeadcount({ env: { ...hubEnvironment(folder), HEADCOUNT_TRUST_PROXY: '127.0.0.1' } });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--enable-precise-memory-info'],
});
try {
  await computeTotal(node.url);
  const storageState = await signedIn();
  const loads = [];
  for (const [name, page] of Object.entries(PAGES)) loads.push([name, await loadsOf(page, storageState)]);
  console.log(
    table([
      ['', 'useful paint ms, median (most)', 'change of window ms, median (most)', 'layout shift'],
      ...loads.map(loadRow),
    ]),
  );
  console.log(`\n${table(await liveRows(storageState))}`);
} finally {
  await browser.close();
  await node.stop();
}
process.exit(0);

/** The cookies of the node's first administrator. */
async function signedIn() {
  const context = await browser.newContext();
  const [, token] = /setup#(\S+)/.exec(node.output());
  const data = { token, name: 'anna', password: PASSWORD };
  const answer = await context.request.post(`${node.url}/v1/setup`, { data, headers: { origin: node.url } });
  if (!answer.ok()) throw new Error(`setting up was answered with ${answer.status()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A page that nothing is known of yet, in a browser that is slowed down. */
async function open({ path, useful }, storageState) {
  const context = await browser.newContext({
    storageState,
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  // The slowdown belongs to the process of the origin: it has to be there before the page is.
  await page.goto(`${node.url}/assets/none`);
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: Number(options.slowdown) });
  await page.addInitScript(watchPage, { useful, USEFUL, CHANGED });
  const painted = told(page, USEFUL);
  await page.goto(node.url + path, { waitUntil: 'commit' });
  await painted;
  await page.waitForFunction(() => document.querySelector('.loading') === null, null, {
    timeout: SETTLED_MS,
  });
  return { page, session, close: () => context.close() };
}

async function loadsOf(terms, storageState) {
  const loads = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const { page, close } = await open(terms, storageState);
    const changesMs = [];
    for (const choice of terms.choices) changesMs.push(await changeMs(page, terms.place, choice));
    loads.push({ ...(await page.evaluate(() => globalThis.watched)), changesMs });
    await close();
  }
  return loads;
}

async function changeMs(page, place, choice) {
  await page.evaluate((selector) => globalThis.watchChange(selector), place);
  const changed = told(page, CHANGED);
  await page.getByRole('radio', { name: choice, exact: true }).click();
  await changed;
  return page.evaluate(() => globalThis.watched.changeMs);
}

function told(page, text) {
  return page.waitForEvent('console', {
    predicate: (message) => message.text() === text,
    timeout: SETTLED_MS,
  });
}

function loadRow([name, loads]) {
  const changesMs = loads.flatMap((load) => load.changesMs);
  const usefulMs = loads.map((load) => load.usefulMs);
  return [
    name,
    medianAndMost(usefulMs),
    medianAndMost(changesMs),
    Math.max(...loads.map(({ shift }) => shift)).toFixed(4),
  ];
}

function medianAndMost(values) {
  return `${whole(median(values))} (${whole(Math.max(...values))})`;
}

/** Both pages stay open while a visitor comes every second. */
async function liveRows(storageState) {
  const names = ['public page', 'dashboard'];
  const visits = setInterval(visit, VISIT_EVERY_MS);
  const opened = await Promise.all(names.map((name) => open(PAGES[name], storageState)));
  const before = await Promise.all(opened.map(memoryMb));
  await Promise.all(opened.map(({ page }) => page.evaluate(() => globalThis.watched.longTasksMs.splice(0))));
  await new Promise((resolve) => setTimeout(resolve, Number(options.minutes) * 60_000));
  clearInterval(visits);
  const watched = await Promise.all(opened.map(({ page }) => page.evaluate(() => globalThis.watched)));
  const after = await Promise.all(opened.map(memoryMb));
  await Promise.all(opened.map(({ close }) => close()));
  const head = [
    `live for ${options.minutes} min`,
    'long tasks',
    'longest ms',
    'memory before, MB',
    'more MB',
    'layout shift',
  ];
  return [
    head,
    ...names.map((name, index) => {
      const { longTasksMs, shift } = watched[index];
      return [
        name,
        String(longTasksMs.length),
        whole(Math.max(0, ...longTasksMs)),
        before[index].toFixed(1),
        (after[index] - before[index]).toFixed(2),
        shift.toFixed(4),
      ];
    }),
  ];
}

function visit() {
  const headers = { 'user-agent': 'Mozilla/5.0 Firefox/130.0', 'x-forwarded-for': addressOf(visitor++) };
  void fetch(`${node.url}/v1/hits`, { method: 'POST', headers });
}

/** Of scripts, when nothing is left that could be thrown away. */
async function memoryMb({ session }) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / MEGABYTE;
}
