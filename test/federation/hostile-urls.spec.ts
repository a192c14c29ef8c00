import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AddressVetting } from '../../src/federation/address-vetting.js';
import { HttpTransport } from '../../src/federation/http-transport.js';

/** One of each range that no peer URL may lead to. */
const CLOSED_IPV4 = [
  [127, 0, 0, 1],
  [127, 255, 255, 254],
  [10, 0, 0, 1],
  [172, 16, 0, 1],
  [192, 168, 1, 1],
  [169, 254, 169, 254],
  [100, 64, 0, 1],
  [198, 18, 0, 1],
  [224, 0, 0, 1],
  [255, 255, 255, 255],
  [0, 0, 0, 0],
] as const;

const CLOSED_IPV6 = ['::', '::1', 'fc00::1', 'fdff::1', 'fe80::1', 'fec0::1', 'ff02::1', '2001:db8::1'];
const PORTS = ['', ':1', ':22', ':6379'];

const hex = (value: number, digits = 1) => value.toString(16).padStart(digits, '0');
const octal = (value: number) => `0${value.toString(8)}`;
const wide = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

/** The spellings of an IPv4 address that a URL parser or an IPv6 stack may read as that address. */
function spellings([a, b, c, d]: (typeof CLOSED_IPV4)[number]): string[] {
  const dotted = `${a}.${b}.${c}.${d}`;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const groups = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
  return [
    dotted,
    `${dotted}.`,
    `${whole}`,
    octal(whole),
    `0x${hex(whole)}`,
    `0X${hex(whole, 8).toUpperCase()}`,
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map((byte) => `0x${hex(byte)}`).join('.'),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${octal(a)}.0x${hex(b)}.${c}.${d}`,
    `%3${`${a}`[0]}${dotted.slice(1)}`,
    wide(dotted),
    dotted.replaceAll('.', '。'),
    dotted.replace('.', '%E3%80%82'),
    `[::ffff:${dotted}]`,
    `[::ffff:${groups}]`,
    `[0:0:0:0:0:FFFF:${groups}]`,
    `[::${groups}]`,
    `[64:ff9b::${dotted}]`,
    `[64:ff9b:1::${groups}]`,
    `[2002:${groups}::1]`,
    `[2001:0:${groups}::1]`,
    `[fe80::5efe:${groups}]`,
  ];
}

const LITERALS = [
  ...CLOSED_IPV4.flatMap(spellings).map((host) => `https://${host}:1/`),
  ...CLOSED_IPV6.flatMap((address) => PORTS.map((port) => `https://[${address}]${port}/`)),
];

const NAMES = [
  'localhost',
  'LOCALHOST.',
  'rebound.example',
  'rebound.example.',
  'bücher.example',
  'xn--bcher-kva.example',
  '127.0.0.1.rebound.example',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'metadata.rebound.example',
  'ｌｏｃａｌｈｏｓｔ',
];

describe('a hostile URL', () => {
  const server = createServer((_request, response) => void response.end());
  let attempts: string[] = [];
  const watch = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (address) => attempts.push(address));
  };

  beforeAll(async () => {
    subscribe('net.client.socket', watch);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });

  afterAll(async () => {
    unsubscribe('net.client.socket', watch);
    await new Promise((done) => server.close(done));
  });

  /** The addresses that a request to the URL tried to reach, and why it failed. */
  async function dial(url: string, resolved: string[][] = [], allowances: string[] = []) {
    attempts = [];
    let asked = 0;
    const resolve = async () => {
      const addresses = resolved[Math.min(asked++, resolved.length - 1)] ?? [];
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    };
    const transport = new HttpTransport(new AddressVetting(allowances), { exchangeMs: 5000, resolve });
    const request = { method: 'GET', url, headers: {}, body: null, responseBytesMax: 1000 } as const;
    const failure = await transport.send(request).then(
      () => null,
      (error: Error) => error.message,
    );
    return { attempts, failure };
  }

  it('would be seen at the socket if it were dialled', async () => {
    const { port } = server.address() as AddressInfo;
    const literal = await dial(`http://127.0.0.1:${port}/`, [], ['127.0.0.1']);
    expect(literal).toEqual({ attempts: ['127.0.0.1'], failure: null });
    const name = await dial(`http://peer.example:${port}/`, [['127.0.0.1']], ['127.0.0.1']);
    expect(name).toEqual({ attempts: ['127.0.0.1'], failure: null });
  });

  it('is one of two hundred forms at least', () => {
    expect(new Set(LITERALS).size).toBeGreaterThanOrEqual(200);
  });

  it.each(LITERALS)('%s opens no connection', async (url) => {
    const { attempts: tried, failure } = await dial(url);
    expect(tried).toEqual([]);
    expect(failure).toContain('not on the open internet');
  });

  it.each(NAMES)('%s opens no connection when it leads inside', async (name) => {
    for (const addresses of [['127.0.0.1'], ['9.9.9.9', '10.0.0.1'], ['::ffff:127.0.0.1'], ['fd00::1']]) {
      const { attempts: tried, failure } = await dial(`https://${name}:1/`, [addresses, ['127.0.0.1']]);
      expect(tried).toEqual([]);
      expect(failure).toContain('not on the open internet');
    }
  });

  it.each([
    'https://user@127.0.0.1:1/',
    'https://user:word@9.9.9.9:1/',
    'https://:word@peer.example:1/',
    'https://9.9.9.9%40@127.0.0.1:1/',
    'https://9.9.9.9:80@[::1]:1/',
  ])('%s opens no connection, for its credentials', async (url) => {
    expect(await dial(url)).toEqual({ attempts: [], failure: 'a URL with credentials is not dialled' });
  });

  it.each([
    'https:127.0.0.1:1',
    'https:\\\\127.0.0.1:1\\',
    'https:///127.0.0.1:1/',
    ' https://127.0.\t0.1:1/',
  ])('%j opens no connection, however loosely it is written', async (url) => {
    const { attempts: tried, failure } = await dial(url);
    expect(tried).toEqual([]);
    expect(failure).toContain('not on the open internet');
  });
});

describe('a redirect to an inside address', () => {
  let arrived = 0;
  let target = '';
  const inside = createServer((_request, response) => void response.end()).on('connection', () => arrived++);
  const outside = createServer((request, response) => {
    const [, status] = request.url!.split('/');
    response.writeHead(Number(status), { location: target, refresh: `0; url=${target}` }).end();
  });
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const transport = new HttpTransport(new AddressVetting(['127.0.0.1']));
  const send = (url: string, method: 'GET' | 'POST' | 'PUT') => {
    const body = method === 'GET' ? null : Buffer.from('{}');
    return transport.send({ method, url, headers: {}, body, responseBytesMax: 1000 });
  };

  beforeAll(async () => {
    for (const server of [inside, outside])
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    target = `http://127.0.0.1:${portOf(inside)}/`;
  });

  afterAll(async () => {
    for (const server of [inside, outside]) await new Promise((done) => server.close(done));
  });

  it.each([300, 301, 302, 303, 307, 308])(
    'with status %d brings not one connection there',
    async (status) => {
      arrived = 0;
      for (const method of ['GET', 'POST', 'PUT'] as const) {
        const answer = await send(`http://127.0.0.1:${portOf(outside)}/${status}`, method);
        expect(answer).toMatchObject({ status, headers: { location: target } });
      }
      // The control, which is the first to arrive although the operator allows that address.
      await send(target, 'GET');
      expect(arrived).toBe(1);
    },
  );
});
