// Pictures of every page, full and empty, light and dark, narrow to wide.
//
//   npm run screenshots [-- <folder>]        default: screenshots/
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { loadConfig } from '../dist/config/load-config.js';
import { startNode } from '../dist/node.js';

const PAGES = { counter: '/', overview: '/admin' };
const WIDTHS = [360, 768, 1440];
const SCHEMES = ['light', 'dark'];
const HEIGHT = 900;
const WRITE_KEY = 'hc_write_for-the-pictures';
const DAYS = 30;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0';

const target = process.argv[2] ?? 'screenshots';
await mkdir(target, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'headcount-screenshots-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  const full = await start('full');
  for (let daysAgo = 0; daysAgo < DAYS; daysAgo++) await fill(full.url, daysAgo);
  await picture(full, 'full');
  await full.stop();
  const empty = await start('empty');
  await picture(empty, 'empty');
  await empty.stop();
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

function start(name) {
  const config = loadConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    HEADCOUNT_DATA_DIR: join(folder, name),
    HEADCOUNT_NAME: 'Reading Room',
    HEADCOUNT_WRITE_KEY: WRITE_KEY,
  });
  return startNode(config, { listens: true, exchanges: false });
}

/** A week has its quiet days, and some people come back. */
async function fill(url, daysAgo) {
  const at = new Date(Date.now() - daysAgo * 86_400_000);
  const people = Math.round(
    (900 + 300 * Math.sin(daysAgo / 5)) * ([0, 6].includes(at.getUTCDay()) ? 0.6 : 1),
  );
  for (let first = 0; first < people; first += 500) {
    const hits = Array.from({ length: Math.min(500, people - first) }, (_, index) => {
      const person = first + index + daysAgo * 350;
      const address = `10.${(person >> 16) & 255}.${(person >> 8) & 255}.${person & 255}`;
      return { at: at.toISOString(), address, userAgent: FIREFOX };
    });
    await fetch(`${url}/v1/hits:batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${WRITE_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ hits }),
    });
  }
}

async function picture({ url }, state) {
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const page = await browser.newPage({
        colorScheme,
        viewport: { width, height: HEIGHT },
        locale: 'en-GB',
      });
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(url + path);
        await page.locator('.figure-interval, .notice').first().waitFor();
        const file = join(target, `${name}-${state}-${width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        console.log(file);
      }
      await page.close();
    }
  }
}
