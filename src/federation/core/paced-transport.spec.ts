import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../clock/clock.js';
import { PacedTransport } from './paced-transport.js';
import type { IncomingResponse, OutgoingRequest } from './transport.js';

const request = (url: string, body: Uint8Array | null = null): OutgoingRequest => ({
  ...{ method: 'POST', url, headers: {}, body, responseBytesMax: 1000 },
});

function paced(answerBytes = 0) {
  const clock = new ManualClock(0);
  const open: { url: string; answer: () => void; fail: () => void }[] = [];
  const answer: IncomingResponse = { status: 200, headers: {}, body: new Uint8Array(answerBytes) };
  const inner = {
    send: ({ url }: OutgoingRequest) =>
      new Promise<IncomingResponse>((resolve, reject) => {
        open.push({ url, answer: () => resolve(answer), fail: () => reject(new Error('lost')) });
      }),
  };
  const pace = { requestsAtOnce: 2, bytesPerHour: 100, shareOf: () => 1 };
  return { clock, open, transport: new PacedTransport(inner, clock, pace) };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('PacedTransport', () => {
  it('has two requests to one node under way; the others wait for one of them, and no other node for any', async () => {
    const { transport, open } = paced();
    const sent = [1, 2, 3].map((path) => transport.send(request(`http://a.test/${path}`)));
    const elsewhere = transport.send(request('http://b.test/'));
    await settled();
    expect(open.map(({ url }) => url)).toEqual(['http://a.test/1', 'http://a.test/2', 'http://b.test/']);
    open[0]!.fail();
    await expect(sent[0]).rejects.toThrow('lost');
    await settled();
    expect(open.map(({ url }) => url)).toContain('http://a.test/3');
    for (const { answer } of open) answer();
    await Promise.all([sent[1], sent[2], elsewhere]);
  });

  it('sends nothing more in an hour to a node that has had its bytes, counted both ways', async () => {
    const { transport, open, clock } = paced(60);
    for (const _ of [1, 2]) {
      const sent = transport.send(request('http://a.test/', new Uint8Array(10)));
      await settled();
      open.at(-1)!.answer();
      await sent;
    }
    await expect(transport.send(request('http://a.test/'))).rejects.toThrow('bytes of this hour');
    expect(open).toHaveLength(2);
    clock.advance(3_600_000);
    const sent = transport.send(request('http://a.test/'));
    await settled();
    open.at(-1)!.answer();
    await sent;
  });
});
