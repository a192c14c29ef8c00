import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { systemClock } from '../../src/clock/clock.js';
import { loadConfig } from '../../src/config/load-config.js';
import { AddressVetting } from '../../src/federation/address-vetting.js';
import { TransportError } from '../../src/federation/core/transport.js';
import { HttpTransport } from '../../src/federation/http-transport.js';
import { StoredAccessKeys } from '../../src/http/access-keys.js';
import { LocalSockets } from '../../src/http/local-requests.js';
import { defaultServerLimits } from '../../src/http/server-limits.js';
import { ClockAgreement } from '../../src/keys/clock-agreement.js';
import { KeyHolder } from '../../src/keys/key-holder.js';
import { createApp } from '../../src/node.js';
import { signCard } from '../../src/protocol/card.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { MemoryBackups } from '../../src/storage/memory/memory-backups.js';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';

const EXCHANGE_MS = 400;
const DRIP_MS = 10;

/** Writes until the other side hangs up. */
function forever(socket: Socket, write: () => void): void {
  const timer = setInterval(() => (socket.writable ? write() : clearInterval(timer)), DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

/** As fast as the other side takes it. */
function flood(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

/** Also when an error is what closes it. */
function closingOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const HEAD = 'HTTP/1.1 200 OK\r\n';

describe('a hostile server', () => {
  let server: Server;
  let behave: (socket: Socket) => void;
  let closed: Promise<void>;
  const accepted: Socket[] = [];
  beforeAll(async () => {
    server = createServer((socket) => {
      accepted.push(socket);
      closed = closingOf(socket);
      socket.on('error', () => undefined).resume();
      behave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const send = (body: Uint8Array | null = null) => {
    const { port } = server.address() as AddressInfo;
    const limits = { exchangeMs: EXCHANGE_MS, resolve: async () => [{ address: '127.0.0.1', family: 4 }] };
    const transport = new HttpTransport(new AddressVetting(['127.0.0.1']), limits);
    const url = `http://127.0.0.1:${port}/federation/v1/digest`;
    return transport.send({ method: 'POST', url, headers: {}, body, responseBytesMax: 100_000 });
  };

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    ['hangs up', (socket) => socket.destroy()],
    ['resets at once', (socket) => socket.resetAndDestroy()],
    [
      'resets in the middle of the body',
      (socket) => {
        socket.write(`${HEAD}content-length: 1000\r\n\r\nhalf`, () => socket.resetAndDestroy());
      },
    ],
    [
      'sends one byte of a header now and then',
      (socket) => {
        socket.write(`${HEAD}x-slow: `);
        forever(socket, () => socket.write('a'));
      },
    ],
    [
      'sends one byte of the body now and then',
      (socket) => {
        socket.write(`${HEAD}content-length: 50000\r\n\r\n`);
        forever(socket, () => socket.write('a'));
      },
    ],
    [
      'sends one byte a chunk now and then',
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
        forever(socket, () => socket.write('1\r\na\r\n'));
      },
    ],
    ['sends headers without end', (socket) => flood(socket, `${HEAD}x-one: ${'a'.repeat(1000)}\r\n`)],
    [
      'sends one header without end',
      (socket) => {
        socket.write(`${HEAD}x-one: `);
        flood(socket, 'a'.repeat(10_000));
      },
    ],
    [
      'says continue for ever',
      (socket) => forever(socket, () => socket.write('HTTP/1.1 100 Continue\r\n\r\n')),
    ],
    [
      'sends a body without end',
      (socket) => {
        socket.write(`${HEAD}\r\n`);
        flood(socket, 'a'.repeat(10_000));
      },
    ],
    ['announces more than is taken', (socket) => socket.write(`${HEAD}content-length: 99999999\r\n\r\n`)],
    ['sends less than it announces', (socket) => socket.end(`${HEAD}content-length: 10\r\n\r\nabc`)],
    [
      'announces two lengths',
      (socket) => socket.end(`${HEAD}content-length: 3\r\ncontent-length: 4\r\n\r\nabc`),
    ],
    ['announces a length below zero', (socket) => socket.end(`${HEAD}content-length: -1\r\n\r\nabc`)],
    [
      'sends a chunk extension without end',
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n1;`);
        flood(socket, 'x'.repeat(10_000));
      },
    ],
    [
      'sends a bomb',
      (socket) => {
        const bomb = gzipSync(Buffer.alloc(10_000_000));
        socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
        socket.end(bomb);
      },
    ],
    ['speaks another language', (socket) => socket.end(Buffer.from([0x16, 0x03, 0x01, 0x00, 0x00]))],
  ])('that %s is left within the time of an exchange, and nothing it sent is repeated', async (_, way) => {
    behave = way;
    const failure = await send().then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TransportError);
    expect((failure as Error).message).toMatch(/^[\x20-\x7e]{1,200}$/);
    await closed;
  });

  it('that never reads what it is sent is left as well', async () => {
    behave = (socket) => socket.pause();
    await expect(send(new Uint8Array(32 * 1024 * 1024))).rejects.toThrow('took longer');
  });
});

const BASE = 'http://node.test';
const ADMIN = 'hc_admin_for-these-tests-only';
const WRITE = 'hc_write_for-these-tests-only';
const LIMITS = {
  ...defaultServerLimits,
  ...{ headersMs: 300, requestMs: EXCHANGE_MS, answerMs: EXCHANGE_MS, checkMs: 50 },
  ...{ unaskedMax: 20, unansweredMax: 500 },
};

describe('a hostile client', () => {
  let app: NestFastifyApplication;
  let port: number;
  const sockets: Socket[] = [];
  const member = NodeKey.generate();
  let nonce = 0;

  beforeAll(async () => {
    const clock = systemClock;
    const config = loadConfig({
      ...{ HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: BASE, HEADCOUNT_VISITOR: 'site-id' },
      ...{ HEADCOUNT_ADMIN_KEY: ADMIN, HEADCOUNT_WRITE_KEY: WRITE },
    });
    const file = { read: async () => null, replace: async () => undefined };
    const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
    const keys = await KeyHolder.open({ file, clock, random, scheme: 'site-id/1', blind: false });
    const records = new MemoryRecords();
    app = await createApp({
      ...{ config, clock, keys, records, counts: new MemoryCountStore(clock) },
      nodeKey: NodeKey.generate(),
      agreement: new ClockAgreement(clock, () => 0, true),
      accessKeys: new StoredAccessKeys(records.accessKeys, clock, config),
      localRequests: new LocalSockets(),
      ...{ backups: new MemoryBackups(), restart: () => undefined },
      exchanges: false,
      serverLimits: LIMITS,
    });
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
    await letIn();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => app.close());

  async function letIn(): Promise<void> {
    const software = { name: 'x', version: '1' };
    const fields = { name: 'Member', url: null, software, listed: true, counting: true, version: 1 };
    const body = JSON.stringify({ card: signCard(fields, member) });
    const joined = await fetch(at('/federation/v1/join'), {
      method: 'POST',
      headers: signedFor('join', body),
      body,
    });
    expect(joined.status).toBe(200);
    const approved = await fetch(at(`/v1/admin/peers/${member.nodeId}/approve`), {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(approved.status).toBe(200);
  }

  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  const signedFor = (call: string, body: string) =>
    signRequest(
      {
        ...{ method: 'POST', url: `${BASE}/federation/v1/${call}`, body: Buffer.from(body) },
        contentType: 'application/vnd.headcount.v1+json',
      },
      member,
      { nowMs: Date.now(), nonce: `hostile-${nonce++}`.padEnd(24, '-') },
    );

  interface Opened {
    socket: Socket;
    /** All that came, once the other side has closed. */
    answer: Promise<string>;
  }

  async function open(): Promise<Opened> {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    const answer = closingOf(socket).then(() => text);
    await once(socket, 'connect');
    return { socket, answer };
  }

  async function counts(): Promise<void> {
    const answer = await fetch(at('/v1/hits'), {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${WRITE}`, 'content-type': 'application/json' },
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        connection: 'close',
      },
      body: JSON.stringify({ path: '/', visitor: `visitor-${nonce++}` }),
    });
    expect(answer.status).toBe(202);
  }

  const POST = (path: string) => `POST ${path} HTTP/1.1\r\nhost: node.test\r\n`;
  const JSON_TYPE = 'content-type: application/json\r\n';

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    ['sends half of a line', (socket) => socket.write('POST /v1/hi')],
    [
      'sends one byte of a header now and then',
      (socket) => {
        socket.write(`${POST('/v1/hits')}x-slow: `);
        forever(socket, () => socket.write('a'));
      },
    ],
    [
      'sends headers without end',
      (socket) => {
        socket.write(POST('/v1/hits'));
        flood(socket, `x-one: ${'a'.repeat(1000)}\r\n`);
      },
    ],
    [
      'sends one byte of a hit now and then',
      (socket) => {
        socket.write(`${POST('/v1/hits')}${JSON_TYPE}content-length: 1000\r\n\r\n`);
        forever(socket, () => socket.write('a'));
      },
    ],
    [
      'sends chunks of a hit without end',
      (socket) => {
        socket.write(`${POST('/v1/hits')}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`);
        flood(socket, `400\r\n${'a'.repeat(1024)}\r\n`);
      },
    ],
    [
      'sends an endless chunk extension',
      (socket) => {
        socket.write(`${POST('/v1/hits')}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n1;`);
        flood(socket, 'x'.repeat(10_000));
      },
    ],
    [
      'announces two lengths',
      (socket) => socket.write(`${POST('/v1/hits')}content-length: 1\r\ncontent-length: 2\r\n\r\na`),
    ],
    [
      'announces a length and chunks',
      (socket) => socket.write(`${POST('/v1/hits')}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`),
    ],
    [
      'resets in the middle of a hit',
      (socket) => {
        socket.write(`${POST('/v1/hits')}${JSON_TYPE}content-length: 1000\r\n\r\n{"pa`, () =>
          socket.resetAndDestroy(),
        );
      },
    ],
    ['speaks another language', (socket) => socket.write(Buffer.from([0x16, 0x03, 0x01, 0x00, 0xa5]))],
    [
      'starts a request to join and leaves it at that',
      (socket) => {
        socket.write(
          `${POST('/federation/v1/join')}content-type: application/vnd.headcount.v1+json\r\ncontent-length: 9999\r\n\r\n{`,
        );
      },
    ],
    [
      'is a member, signs, and sends one byte of its body now and then',
      (socket) => {
        const headers = Object.entries(signedFor('digest', 'x'.repeat(1000)));
        const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        socket.write(`${POST('/federation/v1/digest')}${lines}content-length: 1000\r\n\r\n`);
        forever(socket, () => socket.write('x'));
      },
    ],
  ])('that %s is closed within the time of an exchange, while others are counted', async (_, way) => {
    const { socket, answer } = await open();
    way(socket);
    await counts();
    expect(await answer).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
    await counts();
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reads none of it', () => undefined],
    [
      'reads a byte of it now and then',
      (socket) => {
        const timer = setInterval(() => socket.read(1), DRIP_MS);
        socket.once('close', () => clearInterval(timer));
      },
    ],
  ])('that asks for much and %s is closed, while others are counted', async (_, read) => {
    const accepted = once(app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const socket = connect(port, '127.0.0.1')
      .on('error', () => undefined)
      .pause();
    sockets.push(socket);
    const [ours] = await accepted;
    const closed = closingOf(ours);
    // More than the kernel keeps for both ends.
    const ask = () => socket.write('GET /openapi.json HTTP/1.1\r\nhost: node.test\r\n\r\n');
    forever(socket, () => ours.writableLength === 0 && ask());
    read(socket);
    await counts();
    await closed;
    await counts();
  });

  it('that asks for more and more without waiting for answers is closed at once', async () => {
    const { socket, answer } = await open();
    socket.write('GET /health HTTP/1.1\r\nhost: node.test\r\n\r\n'.repeat(LIMITS.unansweredMax + 1));
    expect(await answer).not.toMatch(/HTTP[\s\S]*HTTP/);
    await counts();
  });

  it('that posts a bomb is refused without it being unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const answer = await fetch(at('/v1/hits'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: bomb,
    });
    expect([400, 413, 415]).toContain(answer.status);
    await counts();
  });

  it('that opens many connections and says nothing loses the oldest of them, and takes no place from who speaks', async () => {
    const opened: Opened[] = [];
    for (let count = 0; count < 60; count++) opened.push(await open());
    await Promise.all(opened.slice(0, 60 - LIMITS.unaskedMax).map(({ answer }) => answer));
    await counts();
    expect(await Promise.all(opened.map(({ answer }) => answer))).toHaveLength(60);
    await counts();
  });

  it('is counted by what it did', async () => {
    const counts = async () => {
      const answer = await fetch(at('/metrics'), { headers: { authorization: `Bearer ${ADMIN}` } });
      const lines = (await answer.text()).matchAll(
        /^headcount_closed_connections_total\{reason="(.*)"\} (.*)$/gm,
      );
      return new Map([...lines].map(([, reason, count]) => [reason, Number(count)]));
    };
    // Whichever of the two limits of a slow exchange comes first.
    const late = (of: Map<string | undefined, number>) => of.get('request-late')! + of.get('exchange-late')!;
    const before = await counts();
    const { socket, answer } = await open();
    socket.write('no HTTP\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
    const slow = await open();
    slow.socket.write(`${POST('/federation/v1/join')}signature: x\r\ncontent-length: 9\r\n\r\n{`);
    await slow.answer;
    const after = await counts();
    expect(after.get('malformed')).toBe(before.get('malformed')! + 1);
    expect(late(after)).toBe(late(before) + 1);
    expect(after.get('too-many')).toBe(0);
  });

  it('that is a member has two requests under way, whatever it opens', async () => {
    const body = '{"ask":"root"}';
    const start = async () => {
      const { socket, answer } = await open();
      const lines = Object.entries(signedFor('digest', body)).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(
        `${POST('/federation/v1/digest')}${lines.join('')}connection: close\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      return { socket, answer };
    };
    const opened = await Promise.all(Array.from({ length: 5 }, start));
    await new Promise<void>((resolve) => {
      let left = 3;
      for (const { answer } of opened) answer.then(() => --left === 0 && resolve());
    });
    for (const { socket } of opened) socket.write(body);
    const answers = await Promise.all(opened.map(({ answer }) => answer));
    expect(answers.map((answer) => answer.slice(9, 12)).sort()).toEqual(['200', '200', '429', '429', '429']);
    expect(answers.filter((answer) => answer.includes('too-many-at-once'))).toHaveLength(3);
  });
});
