import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ClosedConnections } from './closed-connections.js';
import { UnreadAnswers } from './unread-answers.js';

/** More than the kernel keeps for both ends of a connection. */
const ANSWER = Buffer.alloc(32 * 2 ** 20, 'a');
const LONG_MS = 60_000;

/** Bytes that come until the connection is closed, or all of the answer is there. */
function readAll(client: Socket): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    client.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > ANSWER.length) resolve(bytes);
    });
    client.once('close', () => resolve(bytes));
    client.resume();
  });
}

describe('answers that nobody reads', () => {
  const clients: Socket[] = [];
  let server: Server;
  let counts: ClosedConnections['counts'];

  async function serve(answerMs: number, bytesMax: number): Promise<void> {
    const closed = new ClosedConnections();
    ({ counts } = closed);
    const answers = new UnreadAnswers(answerMs, bytesMax, closed);
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      answers.watch(response, request.socket);
      response.end(ANSWER);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  }

  /** Asks and reads nothing. Resolves when the answer is ready. */
  async function ask(): Promise<{ client: Socket; response: ServerResponse }> {
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1')
      .on('error', () => undefined)
      .pause();
    clients.push(client);
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    return { client, response };
  }

  beforeEach(() => serve(LONG_MS, 1.5 * ANSWER.length));
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('are dropped, the oldest first, when all of them are too many bytes', async () => {
    const first = await ask();
    const closed = once(first.response, 'close');
    const second = await ask();
    await closed;
    expect(await readAll(first.client)).toBeLessThan(ANSWER.length);
    expect(await readAll(second.client)).toBeGreaterThan(ANSWER.length);
    // What was read has made room: the next one is not dropped for it.
    const third = await ask();
    expect(await readAll(third.client)).toBeGreaterThan(ANSWER.length);
    expect(counts.get('answer-unread')).toBe(1);
  });

  it('are dropped after their time', async () => {
    server.close();
    await serve(50, Number.POSITIVE_INFINITY);
    const { client, response } = await ask();
    await once(response, 'close');
    expect(await readAll(client)).toBeLessThan(ANSWER.length);
    expect(counts.get('answer-unread')).toBe(1);
  });
});
