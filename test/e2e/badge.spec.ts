import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_KEY, BrowserNode } from '../browser/browser-node.js';

describe('badges', () => {
  let node: BrowserNode;
  beforeAll(async () => {
    node = await BrowserNode.start();
    await node.visits(12);
  });
  afterAll(() => node.stop());

  const get = (path: string) => fetch(`${node.url}/badge/${path}`);
  const textOf = async (path: string) => (await get(path)).text();

  it('show the count in every window, and count nobody', async () => {
    for (const window of ['1d', '7d', '30d', 'all']) {
      expect(await textOf(`${window}.svg`)).toMatch(/>12<\/text>/);
    }
    const counts = await fetch(`${node.url}/v1/counts?scope=local&window=1d`);
    expect(await counts.json()).toMatchObject({ hits: 12 });
  });

  it('may be kept by the proxies of READMEs, and do nothing', async () => {
    const { headers } = await get('30d.svg');
    expect(headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=300');
    expect(headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'");
  });

  it.each(['flat', 'flat-square', 'plastic', 'for-the-badge'])('come in the style %s', async (style) => {
    const svg = await textOf(`30d.svg?style=${style}&label=people&color=blue&labelColor=123456`);
    expect(svg).toContain('fill="#007ec6"');
    expect(svg).toContain('fill="#123456"');
    expect(svg).toContain(style === 'for-the-badge' ? '>PEOPLE</text>' : '>people</text>');
  });

  it('are pictures for where no SVG is allowed', async () => {
    const response = await get('30d.png');
    const picture = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(picture.subarray(0, 4).toString('latin1')).toBe('\x89PNG');
    const width = Number(/width="(\d+)"/.exec(await textOf('30d.svg'))![1]);
    expect(picture.readUInt32BE(16)).toBe(2 * width);
  });

  it('are an endpoint of shields.io', async () => {
    expect(await (await get('7d.json?label=Leute')).json()).toEqual({
      ...{ schemaVersion: 1, label: 'Leute', message: '12', color: '#ad3c12', labelColor: '#555' },
      ...{ style: 'flat', cacheSeconds: 300 },
    });
  });

  it('look as an administrator chose, unless their address says otherwise', async () => {
    const look = { label: 'Leser <3', color: '#06c', labelColor: 'black', style: 'flat-square' };
    const kept = { ...look, color: '#06c', labelColor: '#000' };
    await fetch(`${node.url}/badge/30d.svg`);
    expect(await node.ask('PUT', '/v1/admin/appearance', look)).toEqual(kept);
    expect(await node.ask('GET', '/v1/admin/appearance')).toEqual(kept);
    expect(await (await get('30d.json')).json()).toMatchObject(kept);
    expect(await textOf('30d.svg')).toContain('Leser &lt;3');
    expect(await (await get('30d.json?color=red&label=')).json()).toMatchObject({
      ...{ ...kept, label: '', color: '#e05d44' },
    });
    const wrong = [{}, { ...look, color: 'url(#x)' }, { ...look, label: 'a\u202eb' }, { ...look, more: 1 }];
    for (const body of wrong)
      await expect(node.ask('PUT', '/v1/admin/appearance', body)).rejects.toThrow('answered with 400');
    await node.ask('PUT', '/v1/admin/appearance', {
      ...{ label: null, color: 'accent', labelColor: '555', style: 'flat' },
    });
    const { entries } = await node.ask<{ entries: object[] }>('GET', '/v1/admin/audit?limit=2');
    expect(entries).toMatchObject([
      { action: 'change appearance', subject: { label: null, color: '#ad3c12' } },
      { action: 'change appearance', subject: { label: 'Leser <3', style: 'flat-square' } },
    ]);
  });

  it('keep a hostile label text', async () => {
    const label = `</text><script>alert("1")</script>&'`;
    const svg = await textOf(`30d.svg?label=${encodeURIComponent(label)}`);
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</text>');
    expect(svg).not.toContain('<script');
  });

  it.each([
    '2d.svg',
    '30d.gif',
    '30d.svg?color=url(x)',
    '30d.svg?color=%22/%3E',
    '30d.svg?style=none',
    '30d.svg?scope=others',
    `30d.svg?label=${'x'.repeat(65)}`,
    '30d.svg?label=%00',
    '30d.svg?label=%E2%80%AEx',
    '30d.svg?unknown=1',
  ])('refuse %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });
});

describe('badges of figures that are closed', () => {
  it('are for who may see the figures, and for no cache in between', async () => {
    const node = await BrowserNode.start({ HEADCOUNT_PUBLIC_COUNTS: 'false' });
    const get = (headers: Record<string, string>) => fetch(`${node.url}/badge/30d.svg`, { headers });
    expect((await get({})).status).toBe(401);
    const { status, headers } = await get({ authorization: `Bearer ${ADMIN_KEY}` });
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
    expect(headers.get('vary')).toContain('authorization');
    await node.stop();
  });
});
