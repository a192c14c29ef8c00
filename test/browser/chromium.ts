import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core';
import { leaveOut, provideProgram } from '../support/debian-package.js';

const PROGRAM = 'chromium';
/** Its own sandbox does not work for root in a container, and it talks to its maker's servers unless told not to. */
export const ARGUMENTS = ['--no-sandbox', '--disable-background-networking'];

/** A person's: by its own name a browser without a screen counts as a program. */
const READER = {
  locale: 'en-GB',
  timezoneId: 'UTC',
  userAgent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
};

const named = process.env.CHROMIUM;
export const chromiumPath = named ?? `/usr/bin/${PROGRAM}`;
const isAvailable = named === undefined ? provideProgram(PROGRAM) : existsSync(named);

/** A real Chromium of the tests' own: the one that CHROMIUM names, else Debian's. */
export class TestBrowser {
  private browser!: Browser;

  async start(): Promise<void> {
    this.browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ARGUMENTS,
      // Pages are kept for going back to, as for every reader.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
  }

  /** A page with nothing stored, which notes what it should not do. */
  async open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await this.browser.newContext({ ...READER, ...options });
    return new WatchedPage(await context.newPage());
  }

  stop(): Promise<void> {
    return this.browser.close();
  }
}

/** A page and everything it asked for or complained about. */
export class WatchedPage {
  readonly requested: string[] = [];
  readonly complaints: string[] = [];
  /** What scripts threw. */
  readonly errors: string[] = [];
  /** Bodies of the hits that were sent, in order. */
  readonly hits: string[] = [];

  constructor(readonly page: Page) {
    page.on('request', (request) => this.note(request));
    page.on('pageerror', (error) => {
      this.errors.push(error.message);
      this.complaints.push(error.message);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.complaints.push(`${message.text()} at ${message.location().url}`);
    });
  }

  private note(request: Request): void {
    this.requested.push(request.url());
    if (request.method() === 'POST' && request.url().endsWith('/v1/hits'))
      this.hits.push(request.postData() ?? '');
  }

  /** Resolves when so many hits were sent. */
  async hitsReach(count: number): Promise<void> {
    while (this.hits.length < count) await this.page.waitForEvent('request');
  }

  /** Nothing was asked of anyone but these origins, nothing failed, and no policy was violated. */
  expectClean(...origins: string[]): void {
    const strangers = this.requested.filter(
      (url) => /^https?:/.test(url) && !origins.includes(new URL(url).origin),
    );
    expect(strangers).toEqual([]);
    expect(this.complaints).toEqual([]);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** A suite that needs a browser. It starts before the suite's own hooks and ends after them. */
export function describeWithChromium(name: string, suite: (browser: TestBrowser) => void): void {
  if (!isAvailable) {
    leaveOut(name, PROGRAM, () => suite(new TestBrowser()));
    return;
  }
  describe(name, () => {
    const browser = new TestBrowser();
    beforeAll(() => browser.start(), 60_000);
    suite(browser);
    afterAll(() => browser.stop());
  });
}
