import { once } from 'node:events';
import { request as httpRequest, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProblemFilter } from '../../src/http/problem-filter.js';
import { BrowserHits } from '../../src/tracking/browser-hits.js';
import { isShortWayOpen, openShortWay } from '../../src/tracking/short-way.js';
import { trackingErrors } from '../../src/tracking/tracking.module.js';
import { BROWSER, startTrackingApp, TODAY, type TrackingApp } from './tracking-app.js';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

interface Listening extends TrackingApp {
  port: number;
  /** How many requests went to the framework. */
  longWays: number;
}

const PATH = '/v1/hits';
/** So few that a test can exceed them; each address has its own. */
const HITS_PER_MINUTE = 8;

async function listen(isShort: boolean): Promise<Listening> {
  const parts = await startTrackingApp({ hitsPerMinute: HITS_PER_MINUTE, ignoreAddresses: ['192.0.2.66'] });
  const node: Listening = { ...parts, port: 0, longWays: 0 };
  const server: Server = node.app.getHttpServer();
  const [framework] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    node.longWays += 1;
    framework?.call(server, request, response);
  });
  const hits = node.app.get(BrowserHits, { strict: false });
  if (isShort) openShortWay(server, hits, new ProblemFilter([trackingErrors]));
  await node.app.listen(0, '127.0.0.1');
  node.port = (server.address() as AddressInfo).port;
  return node;
}

function send(port: number, body: string, headers: Record<string, string>, path = PATH): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest(
      { port, path, method: 'POST', headers: { 'user-agent': BROWSER, ...length, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          const { date: _date, ...rest } = response.headers;
          resolve({ status: response.statusCode ?? 0, headers: rest, body: text });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

/** Sends the parts one after the other and answers the status line. */
async function sendInParts(port: number, parts: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1').setNoDelay();
  await once(socket, 'connect');
  for (const part of parts) {
    await new Promise((resolve) => socket.write(part, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [text] = await once(socket, 'data');
  socket.destroy();
  return String(text).slice(0, 12);
}

const JSON_TYPE = { 'content-type': 'application/json' };
const from = (address: string) => ({ ...JSON_TYPE, 'x-forwarded-for': address });

const SHORT: [name: string, body: string, headers: Record<string, string>][] = [
  ['a hit', '{"path":"/a","referrer":"https://b.example/"}', from('192.0.2.1')],
  ['an empty object', '{}', from('192.0.2.1')],
  ['consent', '{"consent":true}', from('192.0.2.2')],
  ['text of sendBeacon', '{"path":"/ü"}', { 'content-type': 'text/plain;charset=UTF-8' }],
  ['a bot', '{}', { ...JSON_TYPE, 'user-agent': 'Googlebot/2.1' }],
  ['someone who said no', '{}', { ...JSON_TYPE, dnt: '1' }],
  ['an address that is ignored', '{}', from('192.0.2.66')],
];

const LONG: [name: string, body: string, headers: Record<string, string>, path: string][] = [
  ['no body', '', JSON_TYPE, PATH],
  ['refused consent', '{"consent":false}', JSON_TYPE, PATH],
  ['a visitor without a key', '{"visitor":"me"}', JSON_TYPE, PATH],
  ['an unknown field', '{"pth":"/a"}', JSON_TYPE, PATH],
  ['a field of the wrong kind', '{"path":1}', JSON_TYPE, PATH],
  ['a poisoned field', '{"__proto__":{}}', JSON_TYPE, PATH],
  ['half of a document', '{"path":', JSON_TYPE, PATH],
  ['an array', '[]', JSON_TYPE, PATH],
  ['a path that is too long', JSON.stringify({ path: 'a'.repeat(3000) }), JSON_TYPE, PATH],
  ['another type', '{}', { 'content-type': 'application/xml' }, PATH],
  ['a type with a charset', '{}', { 'content-type': 'application/json; charset=utf-8' }, PATH],
  ['a query', '{}', JSON_TYPE, '/v1/hits?a=1'],
  ['another route', '{}', JSON_TYPE, '/v1/hits:batch'],
];

describe('the short way of a plain hit', () => {
  let short: Listening;
  let long: Listening;

  beforeAll(async () => {
    short = await listen(true);
    long = await listen(false);
  });
  afterAll(async () => {
    await short.app.close();
    await long.app.close();
  });

  it.each(SHORT)('answers %s as the framework does', async (_name, body, headers) => {
    const before = short.longWays;
    const answer = await send(short.port, body, headers);
    expect(answer).toEqual(await send(long.port, body, headers));
    expect(answer.status).toBe(202);
    expect(short.longWays).toBe(before);
  });

  it('refuses a body that is too large, as the framework does', async () => {
    const before = short.longWays;
    const body = JSON.stringify({ path: 'a'.repeat(20_000) });
    const answer = await send(short.port, body, JSON_TYPE);
    expect(answer).toEqual(await send(long.port, body, JSON_TYPE));
    expect(answer.status).toBe(413);
    expect(short.longWays).toBe(before);
  });

  it.each(LONG)('leaves %s to the framework', async (_name, body, headers, path) => {
    const before = short.longWays;
    const answer = await send(short.port, body, headers, path);
    expect(answer).toEqual(await send(long.port, body, headers, path));
    expect(short.longWays).toBe(before + 1);
  });

  it.each([
    ['in two parts', ['Content-Length: 13\r\n\r\n{"path', '":"/a"}']],
    ['in chunks', ['Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n', '0\r\n\r\n']],
    ['after its head', ['Content-Length: 13\r\n\r\n', '{"path":"/a"}']],
  ])('counts a body that comes %s', async (_name, parts) => {
    const hits = short.store.hits.get(TODAY) ?? 0;
    const head = `POST /v1/hits HTTP/1.1\r\nHost: a\r\nUser-Agent: ${BROWSER}\r\nContent-Type: application/json\r\nX-Forwarded-For: 192.0.2.9\r\n`;
    expect(await sendInParts(short.port, [head + parts[0], ...parts.slice(1)])).toBe('HTTP/1.1 202');
    expect(short.store.hits.get(TODAY)).toBe(hits + 1);
  });

  it('counts what the framework counts', () => {
    expect(short.store.dropped).toEqual(long.store.dropped);
    // Three bodies came in parts, to the one alone.
    expect(short.store.hits.get(TODAY)).toBe((long.store.hits.get(TODAY) ?? 0) + 3);
  });

  it('says why it counts no more, as the framework does', async () => {
    const headers = from('192.0.2.99');
    for (let hit = 0; hit < HITS_PER_MINUTE; hit++) {
      for (const { port } of [short, long]) expect((await send(port, '{}', headers)).status).toBe(202);
    }
    const answer = await send(short.port, '{}', headers);
    expect(answer.status).toBe(429);
    expect(answer).toEqual(await send(long.port, '{}', headers));
  });

  it('says that the store is away, as the framework does', async () => {
    for (const { store } of [short, long]) store.isAway = true;
    const answer = await send(short.port, '{}', from('192.0.2.3'));
    expect(answer.status).toBe(503);
    expect(answer).toEqual(await send(long.port, '{}', from('192.0.2.3')));
  });

  it('is closed where cookies are given, origins differ or nobody is counted', () => {
    const open = { counting: true, visitor: 'ip-ua', corsOrigins: [] } as const;
    expect(isShortWayOpen(open)).toBe(true);
    expect(isShortWayOpen({ ...open, visitor: 'cookie' })).toBe(false);
    expect(isShortWayOpen({ ...open, corsOrigins: ['https://a.example'] })).toBe(false);
    expect(isShortWayOpen({ ...open, counting: false })).toBe(false);
  });
});
