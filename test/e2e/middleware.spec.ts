import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FastifyInstance, fastify } from 'fastify';
import { type HeadcountMiddleware, headcount, headcountFastify } from '../../src/middleware/headcount.js';
import { BROWSER, startTrackingApp, type TrackingApp, WRITE_KEY } from './tracking-app.js';

const PATHS = ['/manifest.json', '/:config/manifest.json', '/configure'];

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** What Express and Connect do: each middleware in its order, the routes last. */
function connectServer(middleware: Middleware): Server {
  return createServer((request, response) =>
    middleware(request, response, () => {
      if (request.url === '/fails') response.writeHead(500);
      response.end(`served ${request.url}`);
    }),
  );
}

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server | TcpServer): Promise<void> {
  server.close();
  if (server.listening) await once(server, 'close');
}

interface Visit {
  method?: string;
  headers?: Record<string, string>;
}

/** The body of the answer. */
function visit(port: number, path: string, { method = 'GET', headers = {} }: Visit = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { port, path, method, headers: { 'user-agent': BROWSER, ...headers }, host: '127.0.0.1', agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        response.on('end', () => resolve(body));
      },
    );
    sent.on('error', reject).end();
  });
}

describe('the middleware for other people’s servers', () => {
  let node: TrackingApp;
  let nodeUrl: string;

  beforeEach(async () => {
    node = await startTrackingApp();
    node.clock.set(Date.now());
    await node.app.listen(0, '127.0.0.1');
    nodeUrl = `http://127.0.0.1:${(node.app.getHttpServer().address() as AddressInfo).port}`;
  });

  afterEach(() => node.app.close());

  const options = (more: object = {}) => ({
    url: nodeUrl,
    writeKey: WRITE_KEY,
    paths: PATHS,
    flushIntervalMs: 600_000,
    ...more,
  });

  async function knockEverywhere(port: number): Promise<void> {
    expect(await visit(port, '/manifest.json')).toBe('served /manifest.json');
    expect(await visit(port, '/abc123/manifest.json?v=1')).toBe('served /abc123/manifest.json?v=1');
    for (let probe = 0; probe < 12; probe++) await visit(port, '/health');
    await visit(port, '/manifest.json', { method: 'HEAD' });
    await visit(port, '/manifest.json', { method: 'POST' });
    await visit(port, '/a/b/manifest.json');
  }

  it('counts a manifest GET before the routes of Express or Connect, bare and with a configuration', async () => {
    const middleware = headcount(options());
    const site = connectServer(middleware);
    const port = await listen(site);
    await knockEverywhere(port);
    await middleware.flush();
    expect(middleware.counts).toEqual({ waiting: 0, sent: 2, lost: 0 });
    expect(node.store.hitsInAll).toBe(2);
    expect(node.store.uniques('all')).toBe(1);
    await middleware.close();
    await closed(site);
  });

  it('counts the same on Fastify, and sends what waits when it closes', async () => {
    const site: FastifyInstance = fastify();
    await site.register(headcountFastify, options());
    await site.register(async (inner) => {
      inner.get('/*', (request) => `served ${request.raw.url}`);
      inner.post('/*', () => 'posted');
    });
    await site.listen({ port: 0, host: '127.0.0.1' });
    await knockEverywhere((site.server.address() as AddressInfo).port);
    expect(node.store.hitsInAll).toBe(0);
    await site.close();
    expect(node.store.hitsInAll).toBe(2);
    expect(node.store.uniques('all')).toBe(1);
  });

  it('passes on who the visitor is: address behind its own proxies, agent, wishes, the site’s id', async () => {
    const middleware = headcount(options({ trustProxy: ['127.0.0.1'] }));
    const site = connectServer(middleware);
    const port = await listen(site);
    for (let i = 1; i <= 3; i++)
      await visit(port, '/configure', { headers: { 'x-forwarded-for': `203.0.113.${i}` } });
    await visit(port, '/configure', { headers: { dnt: '1' } });
    await visit(port, '/configure', { headers: { 'user-agent': 'curl/8.5.0' } });
    await middleware.close();
    expect(node.store.uniques('all')).toBe(3);
    expect(node.store.droppedFor('do-not-track')).toBe(1);
    expect(node.store.droppedFor('bot')).toBe(1);
    await closed(site);
  });

  it('believes no forwarded address unless told whose', async () => {
    const middleware = headcount(options());
    const site = connectServer(middleware);
    const port = await listen(site);
    for (let i = 1; i <= 3; i++)
      await visit(port, '/configure', { headers: { 'x-forwarded-for': `203.0.113.${i}` } });
    await middleware.close();
    expect(node.store.uniques('all')).toBe(1);
    await closed(site);
  });

  it('sees through a router that cut off the path it is mounted at', () => {
    const middleware = headcount(options());
    const socket = { remoteAddress: '203.0.113.9' };
    let passed = 0;
    const next = () => {
      passed++;
    };
    middleware({ method: 'GET', url: '/', originalUrl: '/manifest.json', headers: {}, socket }, null, next);
    middleware(
      { method: 'GET', url: '/manifest.json', originalUrl: '/app/manifest.json/x', headers: {}, socket },
      null,
      next,
    );
    expect(passed).toBe(2);
    expect(middleware.counts.waiting).toBe(1);
    return middleware.close();
  });

  it('counts on the day of the visit, not of the delivery', async () => {
    const middleware = headcount(options());
    const socket = { remoteAddress: '203.0.113.9' };
    middleware(
      { method: 'GET', url: '/configure', headers: { 'user-agent': BROWSER }, socket },
      null,
      () => undefined,
    );
    const today = new Date().toISOString().slice(0, 10);
    node.clock.advance(3 * 86_400_000);
    await middleware.close();
    expect([...node.store.hits.keys()]).toEqual([today]);
  });

  it('lets a request go on whose visitor the site cannot name', () => {
    const failing = headcount(
      options({
        visitorOf: () => {
          throw new Error('no session');
        },
      }),
    );
    let passed = false;
    const socket = { remoteAddress: '203.0.113.9' };
    failing({ method: 'GET', url: '/configure', headers: {}, socket }, null, () => {
      passed = true;
    });
    expect(passed).toBe(true);
    return failing.close();
  });

  it('refuses options that cannot work when the server starts', () => {
    expect(() => headcount(options({ paths: [] }))).toThrow(TypeError);
    expect(() => headcount(options({ paths: ['manifest.json'] }))).toThrow(TypeError);
    expect(() => headcount(options({ trustProxy: ['my-proxy'] }))).toThrow(RangeError);
  });
});

describe('a node that is dead or swallows everything', () => {
  /** Accepts connections and never says a word. */
  async function blackHole(): Promise<{ server: TcpServer; url: string }> {
    const server = createTcpServer((socket) => socket.on('error', () => undefined));
    return { server, url: `http://127.0.0.1:${await listen(server)}` };
  }

  async function deadUrl(): Promise<string> {
    const server = createTcpServer();
    const port = await listen(server);
    await closed(server);
    return `http://127.0.0.1:${port}`;
  }

  async function slowestMs(
    url: string,
    visits: number,
  ): Promise<{ ms: number; middleware: HeadcountMiddleware; site: Server }> {
    const middleware = headcount({
      url,
      writeKey: WRITE_KEY,
      paths: PATHS,
      batchHits: 5,
      flushIntervalMs: 10,
      timeoutMs: 200,
      queueMax: 40,
    });
    const site = connectServer(middleware);
    const port = await listen(site);
    let ms = 0;
    for (let i = 0; i < visits; i++) {
      const startMs = performance.now();
      expect(await visit(port, '/manifest.json')).toBe('served /manifest.json');
      ms = Math.max(ms, performance.now() - startMs);
    }
    return { ms, middleware, site };
  }

  it.each(['dead', 'black hole'])('delays and fails nothing: %s', async (kind) => {
    const hole = kind === 'dead' ? null : await blackHole();
    const { ms, middleware, site } = await slowestMs(hole?.url ?? (await deadUrl()), 100);
    // Far below the 200 ms that waiting for the node even once would take.
    expect(ms).toBeLessThan(150);
    const { waiting, sent, lost } = middleware.counts;
    expect(sent).toBe(0);
    expect(waiting + lost).toBe(100);
    expect(waiting).toBeLessThanOrEqual(45);
    await middleware.close();
    expect(middleware.counts).toEqual({ waiting: 0, sent: 0, lost: 100 });
    await closed(site);
    hole?.server.close();
  });
});
