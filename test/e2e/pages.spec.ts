import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BrowserNode } from '../browser/browser-node.js';

describe('the pages over HTTP', () => {
  let node: BrowserNode;
  let closed: BrowserNode;
  beforeAll(async () => {
    node = await BrowserNode.start({ HEADCOUNT_NAME: '<b>Reading & Room</b>' });
    closed = await BrowserNode.start({ HEADCOUNT_PUBLIC_COUNTS: 'false' });
    await node.visits(1234);
  });
  afterAll(async () => {
    await node.stop();
    await closed.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(node.url + path, { headers, redirect: 'manual' });

  async function assetOf(page: string): Promise<string> {
    const html = await (await get(page)).text();
    return /\/assets\/[\w-]+\.js/.exec(html)![0];
  }

  it.each(['/', '/admin', '/admin/federation/peers'])('%s may only talk to its own node', async (path) => {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy')!.split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy.find((directive) => directive.startsWith('script-src'))).toMatch(
      path === '/' ? /^script-src 'self' 'sha256-[\w+/]{43}='$/ : /^script-src 'self'$/,
    );
    expect(policy.join()).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('serves assets for ever, as they were compressed when they were built', async () => {
    const asset = await assetOf('/');
    const sizes = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (encoding) => {
        const response = await get(asset, { 'accept-encoding': encoding });
        expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
        return Number(response.headers.get('content-length'));
      }),
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });

  it.each(['/', '/admin', '/login'])('%s names the texts of the reader at once', async (path) => {
    const { headers } = await get(path, { 'accept-language': 'tr,en;q=0.5' });
    const [, name] = /^<(\/assets\/tr-[\w-]+\.js)>; rel=modulepreload$/.exec(headers.get('link')!)!;
    expect((await get(name!)).status).toBe(200);
  });

  it('shows the number of the public page before any script has run, in the words of the reader', async () => {
    const page = async (language: string) => (await get('/', { 'accept-language': language })).text();
    const german = await page('de-CH,de;q=0.9');
    expect(german).toContain('<html lang="de">');
    expect(german).toMatch(/<p class="figure-number">1[’']2\d\d<\/p>/);
    expect(german).toContain('Wie viele verschiedene Menschen');
    expect(await page('tr')).toMatch(/<p class="figure-number">1\.2\d\d<\/p>/);
    expect(await page('xx')).toMatch(/<html lang="en">[\s\S]*<p class="figure-number">1,2\d\d<\/p>/);
  });

  it('is kept apart by what comes between for readers of different languages', async () => {
    expect((await get('/')).headers.get('vary')).toBe('accept-encoding, accept-language');
  });

  it('writes no figure into a page that is closed, and no name as markup', async () => {
    await closed.visits(10);
    const text = await (await fetch(closed.url)).text();
    expect(text).toContain('<div id="page"></div>');
    const named = await (await get('/')).text();
    expect(named).toContain('&lt;b&gt;Reading &amp; Room&lt;/b&gt;');
    expect(named).not.toContain('<b>');
  });

  it('keeps no number in what opens the public page without the node', async () => {
    expect(await (await get('/index.html')).text()).toContain('<div id="page"></div>');
  });

  it('lets what opens them without the node ask the node only, and always be renewed', async () => {
    const { headers } = await get('/service-worker.js');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; connect-src 'self'");
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('does not send again what the reader has', async () => {
    const etag = (await get('/')).headers.get('etag')!;
    expect((await get('/', { 'if-none-match': etag })).status).toBe(304);
  });

  it('sends no encoding that was refused', async () => {
    const { headers } = await get('/', { 'accept-encoding': 'br;q=0, gzip' });
    expect(headers.get('content-encoding')).toBe('gzip');
  });

  it.each(['/assets/..%2findex.html', '/assets/../../package.json', '/assets/none.js'])(
    '%s is nothing',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('tells programs where the API is described', async () => {
    const response = await get('/', { accept: 'application/json' });
    expect([response.status, response.headers.get('location')]).toEqual([302, 'openapi.json']);
  });
});
