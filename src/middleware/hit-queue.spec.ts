import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HitQueue, type QueueOptions } from './hit-queue.js';

interface Received {
  key: string;
  authorization: string | undefined;
  addresses: string[];
}

const hit = (number: number) => ({ address: `10.0.${number >> 8}.${number & 255}`, userAgent: 'x' });

/** A node that answers as the test says and remembers what came. */
describe('HitQueue', () => {
  let server: Server;
  let received: Received[];
  let answer: (response: ServerResponse) => void;
  let arrived: (() => void) | null;
  const queues: HitQueue[] = [];

  beforeEach(async () => {
    received = [];
    arrived = null;
    answer = (response) => response.writeHead(202).end('{}');
    server = createServer((request, response) => void receive(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const queue of queues.splice(0)) await queue.close();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  async function receive(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { hits } = JSON.parse(Buffer.concat(chunks).toString()) as { hits: { address: string }[] };
    received.push({
      key: String(request.headers['idempotency-key']),
      authorization: request.headers.authorization,
      addresses: hits.map(({ address }) => address),
    });
    answer(response);
    arrived?.();
  }

  const nextArrival = () =>
    new Promise<void>((resolve) => {
      arrived = resolve;
    });

  function queue(options: Partial<QueueOptions> = {}): HitQueue {
    const { port } = server.address() as AddressInfo;
    const made = new HitQueue({
      url: `http://127.0.0.1:${port}/base/`,
      writeKey: 'hc_write_x',
      flushIntervalMs: 600_000,
      ...options,
    });
    queues.push(made);
    return made;
  }

  it('sends what waits in batches with the write key', async () => {
    const sender = queue({ batchHits: 2 });
    for (let i = 0; i < 5; i++) sender.add(hit(i));
    await sender.flush();
    expect(received.flatMap(({ addresses }) => addresses)).toEqual(
      [0, 1, 2, 3, 4].map((i) => hit(i).address),
    );
    expect(received.every(({ addresses }) => addresses.length <= 2)).toBe(true);
    expect(received[0]?.authorization).toBe('Bearer hc_write_x');
    expect(new Set(received.map(({ key }) => key)).size).toBe(received.length);
    expect(sender.counts).toEqual({ waiting: 0, sent: 5, lost: 0 });
  });

  it('sends by itself when a batch is full, and after a while when not', async () => {
    const full = queue({ batchHits: 3 });
    const first = nextArrival();
    for (let i = 0; i < 3; i++) full.add(hit(i));
    await first;
    const timed = queue({ flushIntervalMs: 10 });
    const second = nextArrival();
    timed.add(hit(1));
    await second;
    expect(received.map(({ addresses }) => addresses.length)).toEqual([3, 1]);
  });

  it('is not put off by a site that never rests', async () => {
    const busy = queue({ batchHits: 2, queueMax: 1_000_000 });
    let isArrived = false;
    void nextArrival().then(() => {
      isArrived = true;
    });
    const endMs = performance.now() + 5_000;
    while (!isArrived && performance.now() < endMs) {
      busy.add(hit(1));
      await new Promise(setImmediate);
    }
    expect(isArrived).toBe(true);
  });

  it('tries again with the same idempotency key until the node takes it', async () => {
    const sender = queue();
    sender.add(hit(1));
    answer = (response) => response.destroy();
    await sender.flush();
    answer = (response) => response.writeHead(503).end();
    await sender.flush();
    sender.add(hit(2));
    answer = (response) => response.writeHead(202).end('{}');
    await sender.flush();
    expect(received.map(({ addresses }) => addresses)).toEqual([
      ['10.0.0.1'],
      ['10.0.0.1'],
      ['10.0.0.1'],
      ['10.0.0.2'],
    ]);
    const [first, second, third, fourth] = received.map(({ key }) => key);
    expect(new Set([first, second, third]).size).toBe(1);
    expect(fourth).not.toBe(first);
    expect(sender.counts).toEqual({ waiting: 0, sent: 2, lost: 0 });
  });

  it('tries again by itself', async () => {
    answer = (response) => response.writeHead(500).end();
    const sender = queue({ flushIntervalMs: 10 });
    const first = nextArrival();
    sender.add(hit(1));
    await first;
    answer = (response) => response.writeHead(202).end('{}');
    await nextArrival();
    await sender.flush();
    expect(sender.counts).toMatchObject({ sent: 1, lost: 0 });
  });

  it('sends again after it gave up a batch', async () => {
    const realNow = Date.now;
    const sender = queue({ flushIntervalMs: 10 });
    sender.add(hit(1));
    answer = (response) => response.writeHead(503).end();
    await sender.flush();
    Date.now = () => realNow() + 24 * 3_600_000;
    try {
      await sender.flush();
    } finally {
      Date.now = realNow;
    }
    expect(sender.counts).toEqual({ waiting: 0, sent: 0, lost: 1 });
    answer = (response) => response.writeHead(202).end('{}');
    const arrival = nextArrival();
    sender.add(hit(2));
    await arrival;
    expect(received.at(-1)?.addresses).toEqual(['10.0.0.2']);
  });

  it('gives up what the node refuses for good', async () => {
    answer = (response) => response.writeHead(400).end();
    const sender = queue();
    sender.add(hit(1));
    await sender.flush();
    expect(sender.counts).toEqual({ waiting: 0, sent: 0, lost: 1 });
  });

  it('keeps the newest when it is full', async () => {
    const sender = queue({ queueMax: 16, batchHits: 500 });
    for (let i = 0; i < 100; i++) sender.add(hit(i));
    const { waiting, lost } = sender.counts;
    expect(waiting).toBeLessThanOrEqual(16);
    expect(waiting).toBeGreaterThanOrEqual(14);
    expect(waiting + lost).toBe(100);
    await sender.flush();
    expect(received[0]?.addresses.at(-1)).toBe(hit(99).address);
  });

  it('does not wait for a node that never answers', async () => {
    answer = () => undefined;
    const sender = queue({ timeoutMs: 50 });
    sender.add(hit(1));
    await sender.flush();
    expect(sender.counts).toMatchObject({ waiting: 1 });
  });

  it('follows no redirect with its key', async () => {
    answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    const sender = queue();
    sender.add(hit(1));
    await sender.flush();
    expect(received).toHaveLength(1);
    expect(sender.counts).toMatchObject({ sent: 0, waiting: 1 });
  });

  it('sends what waits when it is closed, and takes no more', async () => {
    const sender = queue();
    sender.add(hit(1));
    await sender.close();
    sender.add(hit(2));
    expect(sender.counts).toEqual({ waiting: 0, sent: 1, lost: 1 });
  });

  it('closes although the node is gone, and says what was lost', async () => {
    const sender = queue({ timeoutMs: 50 });
    answer = () => undefined;
    sender.add(hit(1));
    await sender.close();
    expect(sender.counts).toEqual({ waiting: 0, sent: 0, lost: 1 });
  });

  it('refuses options that cannot work', () => {
    expect(() => queue({ url: 'count.example' })).toThrow(TypeError);
    expect(() => queue({ url: 'ftp://count.example' })).toThrow(TypeError);
    expect(() => queue({ writeKey: '' })).toThrow(/writeKey/);
    for (const options of [
      { queueMax: 0 },
      { batchHits: 501 },
      { flushIntervalMs: 1 },
      { timeoutMs: Number.NaN },
    ]) {
      expect(() => queue(options)).toThrow(RangeError);
    }
  });
});
