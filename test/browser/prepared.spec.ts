import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ARGUMENTS, chromiumPath, describeWithChromium } from './chromium.js';

const TRACKER = readFileSync(join(import.meta.dirname, '../../dist/web/tracker.js'), 'utf8');

/** Prepares the second page, and turns to it when the test lets it. Each page tells what it is. */
const SCRIPT = `
  const tell = (text) => fetch('/told?' + encodeURIComponent(location.pathname + ' ' + text));
  tell(document.prerendering ? 'prepared' : 'seen');
  document.addEventListener('prerenderingchange', () => tell('seen after all'));
  if (location.pathname === '/one') fetch('/turn').then(() => location.assign('/two'));
`;
const RULES = JSON.stringify({ prerender: [{ urls: ['/two'], eagerness: 'immediate' }] });

const PAGE = `<!doctype html><title>Site</title><script defer src="/tracker.js"></script>
  <script defer src="/site.js"></script><h1>Site</h1>`;
const BODIES: Record<string, string> = { '/rules': RULES, '/site.js': SCRIPT, '/tracker.js': TRACKER };
const TYPES: Record<string, string> = {
  '/rules': 'application/speculationrules+json',
  '/site.js': 'text/javascript',
  '/tracker.js': 'text/javascript',
};

/** No driver: what is attached to a browser keeps it from preparing pages. The site itself says what it sees. */
describeWithChromium('a page that the browser prepares before anybody asks for it', () => {
  const told = new EventEmitter();
  /** Paths that were counted, in order. */
  const counted: string[] = [];
  let turn: (() => void) | undefined;
  let folder: string;
  let browser: ChildProcess;
  const site = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '', 'http://site.example');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-type', TYPES[pathname] ?? 'text/html');
    if (pathname === '/one') response.setHeader('speculation-rules', '"/rules"');
    if (pathname === '/told') told.emit(decodeURIComponent(search.slice(1)));
    if (pathname === '/v1/hits') {
      counted.push(((await json(request)) as { path: string }).path);
      told.emit('counted');
    }
    if (pathname === '/turn') turn = () => response.end();
    else response.end(BODIES[pathname] ?? PAGE);
  }

  beforeEach(async () => {
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    folder = await mkdtemp(join(tmpdir(), 'headcount-prepared-'));
  }, 30_000);

  afterEach(async () => {
    browser.kill();
    await once(browser, 'exit');
    site.closeAllConnections();
    site.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('is counted when it is seen, and not before', async () => {
    const [prepared, seen] = [once(told, '/two prepared'), once(told, '/two seen after all')];
    const first = `http://127.0.0.1:${(site.address() as AddressInfo).port}/one`;
    const options = [...ARGUMENTS, '--headless=new', '--no-first-run', `--user-data-dir=${folder}`];
    browser = spawn(chromiumPath, [...options, first], { stdio: 'ignore' });
    await prepared;
    expect(counted).toEqual(['/one']);
    const next = once(told, 'counted');
    turn!();
    await Promise.all([seen, next]);
    expect(counted).toEqual(['/one', '/two']);
  }, 60_000);
});
