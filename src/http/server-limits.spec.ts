import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { boundConnections, defaultServerLimits } from './server-limits.js';

const LIMITS = { ...defaultServerLimits, unaskedMax: 2, idleMax: 2 };
const REQUEST = 'GET / HTTP/1.1\r\nhost: node.test\r\n\r\n';
const UNFINISHED = 'POST / HTTP/1.1\r\nhost: node.test\r\ncontent-length: 9\r\n\r\n{';

describe('connections that wait', () => {
  let server: Server;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    server = createServer((_request, response) => response.end('ok'));
    boundConnections(server, LIMITS);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function open(text = ''): Promise<Socket> {
    const accepted = once(server, 'connection');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    await accepted;
    if (text !== '') await ask(socket, text);
    return socket;
  }

  async function ask(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    const [answer] = await once(socket, 'data');
    return String(answer);
  }

  const closing = (socket: Socket) => once(socket.resume(), 'close');

  it('make room for others that have not asked, and take no place from one that was answered', async () => {
    const visitor = await open(REQUEST);
    const silent = [await open(), await open(), await open(), await open()];
    await Promise.all(silent.slice(0, 2).map(closing));
    expect(await ask(visitor, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of silent.slice(2)) expect(await ask(socket, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('wait with those that have not asked when they were answered before all had come', async () => {
    const visitor = await open(REQUEST);
    const unfinished = [await open(UNFINISHED), await open(UNFINISHED), await open(UNFINISHED)];
    await closing(unfinished[0]!);
    expect(await ask(visitor, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('make room for others that were answered', async () => {
    const answered = [await open(REQUEST), await open(REQUEST), await open(REQUEST)];
    await closing(answered[0]!);
    for (const socket of answered.slice(1)) expect(await ask(socket, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
