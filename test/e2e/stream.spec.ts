import { afterEach, describe, expect, it } from '@jest/globals';
import { ADMIN_KEY, BrowserNode } from '../browser/browser-node.js';

describe('GET /v1/stream', () => {
  let node: BrowserNode;
  afterEach(() => node.stop());

  /** Reads until the pattern has come. */
  async function read(pattern: RegExp, headers: Record<string, string> = {}): Promise<string> {
    const abort = new AbortController();
    const response = await fetch(`${node.url}/v1/stream`, { headers, signal: abort.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const decoder = new TextDecoder();
    let text = '';
    for await (const part of response.body!) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      if (pattern.test(text)) break;
    }
    abort.abort();
    return text;
  }

  it('sends the counts at once and when they change, and only then', async () => {
    node = await BrowserNode.start();
    await node.visits(2);
    const first = await read(/event: counts\ndata: .*"estimate":2.*\n\n/);
    const id = /^id: (.*)$/m.exec(first)![1]!;
    const second = read(/event: counts/, { 'last-event-id': id });
    await node.visits(3);
    expect(await second).toMatch(/"estimate":3/);
    expect(await second).not.toMatch(/"estimate":2,"low":2/);
  });

  it('takes as many readers as it may', async () => {
    node = await BrowserNode.start({ HEADCOUNT_STREAMS: '1' });
    const abort = new AbortController();
    await fetch(`${node.url}/v1/stream`, { signal: abort.signal });
    const refused = await fetch(`${node.url}/v1/stream`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await refused.json()).toMatchObject({ type: 'urn:headcount:problem:busy', limit: 1 });
    abort.abort();
  });

  it('is closed where counts are closed', async () => {
    node = await BrowserNode.start({ HEADCOUNT_PUBLIC_COUNTS: 'false' });
    expect((await fetch(`${node.url}/v1/stream`)).status).toBe(401);
    expect(await read(/event: counts/, { authorization: `Bearer ${ADMIN_KEY}` })).toContain('"global"');
  });

  it('ends with the node, and tells its readers to come back spread over seconds', async () => {
    node = await BrowserNode.start();
    const { body, headers } = await fetch(`${node.url}/v1/stream`);
    expect(headers.get('cache-control')).toBe('no-store');
    const text = new Response(body).text();
    await node.pause();
    expect(await text).toMatch(/^retry: (?:[2-9]|1[01])\d{3}\n\n/);
  });
});
