import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ClosedConnections, type Closing } from './closed-connections.js';
import { boundConnections, defaultServerLimits, serverOptions } from './server-limits.js';

const LIMITS = {
  ...{ ...defaultServerLimits, unaskedMax: 2, idleMax: 2, unansweredMax: 3 },
  ...{ headersMs: 2000, requestMs: 2000, checkMs: 50 },
};
const REQUEST = 'GET / HTTP/1.1\r\nhost: node.test\r\n\r\n';
const UNFINISHED = 'POST / HTTP/1.1\r\nhost: node.test\r\ncontent-length: 9\r\n\r\n{';

describe('connections that wait', () => {
  let server: Server;
  const sockets: Socket[] = [];

  let counts: ClosedConnections['counts'];

  beforeEach(async () => {
    const closed = new ClosedConnections();
    ({ counts } = closed);
    server = createServer(serverOptions(LIMITS).http, (_request, response) => response.end('ok'));
    boundConnections(server, LIMITS, closed);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });

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

  /** Every closing that was counted since the start. */
  const counted = () => Object.fromEntries([...counts].filter(([, count]) => count > 0));

  it.each<[string, string, Closing]>([
    ['is never sent to its end', UNFINISHED, 'request-late'],
    ['has too many headers', `${REQUEST.slice(0, -2)}x: ${'x'.repeat(20_000)}`, 'headers-too-large'],
    ['is none', '\u0016\u0003\u0001', 'malformed'],
  ])('are counted when a request %s', async (_what, text, why) => {
    // As the framework does, once it has answered.
    server.on('clientError', (_error, socket) => socket.destroy());
    const socket = await open();
    socket.write(text);
    await closing(socket);
    expect(counted()).toEqual({ [why]: 1 });
  });

  it('are counted once when they ask and ask and wait for no answer', async () => {
    const socket = await open();
    socket.write(REQUEST.repeat(10));
    await new Promise((resolve) => socket.resume().once('close', resolve));
    expect(counted()).toEqual({ 'too-many-unanswered': 1 });
  });

  it('are counted when they make room, and when there are too many in all', async () => {
    const [silent] = [await open(), await open(), await open()];
    await closing(silent);
    expect(counted()).toEqual({ 'too-many-unasked': 1 });
    server.maxConnections = 1;
    const dropped = once(server, 'drop');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    await dropped;
    expect(counted()).toEqual({ 'too-many-unasked': 1, 'too-many': 1 });
  });
});
