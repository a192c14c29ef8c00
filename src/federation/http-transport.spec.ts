import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AddressVetting } from './address-vetting.js';
import type { OutgoingRequest } from './core/transport.js';
import { HttpTransport, type TransportLimits } from './http-transport.js';

const LOOPBACK = ['127.0.0.1', '::1'];
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** A server on loopback; answers its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

function transport(allowances: readonly string[] = LOOPBACK, limits: Partial<TransportLimits> = {}) {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  return new HttpTransport(new AddressVetting(allowances), { exchangeMs: 5000, resolve, ...limits });
}

const get = (url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'GET',
  url,
  headers: {},
  body: null,
  responseBytesMax: 1000,
  ...changes,
});

describe('HttpTransport', () => {
  it('carries method, headers and body, and brings back status, headers and body', async () => {
    const seen: unknown[] = [];
    const port = await serve(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      seen.push(request.method, request.url, request.headers['x-one'], body);
      response.writeHead(418, { etag: '"1"' }).end('short');
    });
    const answer = await transport().send(
      get(`http://127.0.0.1:${port}/a?b=c`, {
        method: 'POST',
        headers: { 'x-one': '1', 'content-type': 'application/json' },
        body: Buffer.from('{"a": 1}'),
      }),
    );
    expect(seen).toEqual(['POST', '/a?b=c', '1', '{"a": 1}']);
    expect(answer).toMatchObject({ status: 418, headers: { etag: '"1"' } });
    expect(Buffer.from(answer.body).toString()).toBe('short');
  });

  it('does not follow a redirect', async () => {
    let calls = 0;
    const port = await serve((_request, response) => {
      calls += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await transport().send(get(`http://127.0.0.1:${port}/`))).toMatchObject({ status: 302 });
    expect(calls).toBe(1);
  });

  it('asks for no compression, and refuses an answer that is compressed all the same', async () => {
    let asked: unknown;
    const port = await serve((request, response) => {
      asked = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)));
    });
    await expect(transport().send(get(`http://127.0.0.1:${port}/`))).rejects.toThrow('compressed');
    expect(asked).toBe('identity');
  });

  it('cuts off an answer that is longer than asked for, announced or not', async () => {
    let sentBytes = 0;
    const port = await serve((request, response) => {
      if (request.url === '/announced') return void response.end('x'.repeat(1001));
      const chunk = Buffer.alloc(1000, 'x');
      const more = () => {
        if (response.destroyed || sentBytes > 50_000_000) return;
        sentBytes += chunk.length;
        response.write(chunk, more);
      };
      more();
    });
    for (const path of ['/announced', '/endless']) {
      await expect(transport().send(get(`http://127.0.0.1:${port}${path}`))).rejects.toThrow('more than');
    }
    expect(sentBytes).toBeLessThan(10_000_000);
    const exact = await serve((_request, response) => void response.end('x'.repeat(1000)));
    expect((await transport().send(get(`http://127.0.0.1:${exact}/`))).body).toHaveLength(1000);
  });

  it.each<[string, RequestListener]>([
    ['says nothing', () => undefined],
    ['stops after its headers', (_request, response) => void response.writeHead(200).flushHeaders()],
    [
      'drips a byte at a time',
      (_request, response) => {
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('gives up on a peer that %s', async (_what, listener) => {
    const port = await serve(listener);
    const startedMs = performance.now();
    const sent = transport(LOOPBACK, { exchangeMs: 300 }).send(get(`http://127.0.0.1:${port}/`));
    await expect(sent).rejects.toThrow('longer than 0.3 s');
    expect(performance.now() - startedMs).toBeLessThan(2500);
  });

  it('gives up on a name that is never resolved', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const sent = transport(LOOPBACK, { exchangeMs: 200, resolve }).send(get('http://slow.example/'));
    await expect(sent).rejects.toThrow('longer than 0.2 s');
  });

  it('repeats nothing that the other side wrote', async () => {
    const port = await serve((request) => void request.socket.end(`HTTP/1.1 ${'secret'.repeat(10)}`));
    await expect(transport().send(get(`http://127.0.0.1:${port}/`))).rejects.toThrow(/^((?!secret).)*$/);
  });
});

describe('hostile URLs', () => {
  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::127.0.0.1]',
    'http://0',
    'https://169.254.169.254',
    'https://10.0.0.1',
    'https://[fd00::1]',
    'https://[fe80::1]',
  ])('%s is not dialled', async (url) => {
    await expect(transport([]).send(get(`${url}:1/`))).rejects.toThrow('not on the open internet');
  });

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'javascript:alert(1)'])(
    '%s is not dialled',
    async (url) => {
      await expect(transport().send(get(url))).rejects.toThrow('only http');
    },
  );

  it('credentials in a URL are not sent', async () => {
    await expect(transport().send(get('http://user:word@127.0.0.1:1/'))).rejects.toThrow('credentials');
  });

  it('plain http is for allowed addresses only', async () => {
    await expect(transport([]).send(get('http://9.9.9.9:1/'))).rejects.toThrow('plain http');
    const resolve = async () => [{ address: '9.9.9.9', family: 4 }];
    await expect(transport([], { resolve }).send(get('http://a.example:1/'))).rejects.toThrow('plain http');
  });

  it.each([
    ['a private address', ['127.0.0.1']],
    ['a global address and a private one', ['9.9.9.9', '127.0.0.1']],
    ['a mapped private address', ['::ffff:127.0.0.1']],
  ])('a name that resolves to %s is not dialled', async (_what, addresses) => {
    let calls = 0;
    const port = await serve((_request, response) => {
      calls += 1;
      response.end();
    });
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const sent = transport([], { resolve }).send(get(`https://rebound.example:${port}/`));
    await expect(sent).rejects.toThrow('not on the open internet');
    expect(calls).toBe(0);
  });

  it('a name is resolved once, and the vetted address is the one that is dialled', async () => {
    const port = await serve((request, response) => void response.end(request.headers.host));
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '9.9.9.9', family: 4 }];
    };
    const answer = await transport(['127.0.0.1'], { resolve }).send(get(`http://peer.example:${port}/`));
    expect(Buffer.from(answer.body).toString()).toBe(`peer.example:${port}`);
    expect(asked).toBe(1);
  });

  it('the system’s own names are vetted too', async () => {
    const plain = new HttpTransport(new AddressVetting([]));
    await expect(plain.send(get('https://localhost:1/'))).rejects.toThrow('not on the open internet');
  });
});
