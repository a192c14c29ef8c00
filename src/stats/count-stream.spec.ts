import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Answer } from './answer-cache.js';
import { CountStream, type StreamWriter } from './count-stream.js';

const answerOf = (people: number): Answer => ({ body: `{"people":${people}}`, etag: `"${people}"` });
const eventOf = (people: number) => `id: "${people}"\nevent: counts\ndata: {"people":${people}}\n\n`;

class Reader extends EventEmitter implements StreamWriter {
  writableLength = 0;
  readonly got: string[] = [];
  isGone = false;

  write(message: Buffer): void {
    this.got.push(message.toString());
    this.emit('got');
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    this.isGone = true;
    this.emit('close');
  }
}

describe('the stream of counts', () => {
  let people = 1;
  let looks = 0;
  const newest = async () => {
    looks++;
    return answerOf(people);
  };
  const streams: CountStream[] = [];

  function open(readersMax = 100): CountStream {
    people = 1;
    looks = 0;
    const stream = new CountStream({ readersMax, newest, everyMs: 1 });
    streams.push(stream);
    return stream;
  }

  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });

  it('sends the newest at once and then what changes, by one look for all', async () => {
    const stream = open();
    const readers = [new Reader(), new Reader(), new Reader()];
    await Promise.all(readers.map((reader) => stream.add(reader, undefined)));
    const changed = Promise.all(readers.map((reader) => once(reader, 'got')));
    looks = 0;
    people = 2;
    await changed;
    for (const { got } of readers) {
      expect(got.filter((text) => text !== ':\n\n')).toEqual([eventOf(1), eventOf(2)]);
    }
    expect(looks).toBe(1);
  });

  it('sends nothing that the reader has, but shows that it lives', async () => {
    const stream = open();
    const reader = new Reader();
    const beaten = once(reader, 'got');
    await stream.add(reader, '"1"');
    await beaten;
    expect(reader.got).toEqual([':\n\n']);
  });

  it('drops a reader that does not read', async () => {
    const stream = open();
    const [idle, keen] = [new Reader(), new Reader()];
    await Promise.all([stream.add(idle, undefined), stream.add(keen, undefined)]);
    idle.writableLength = 1e6;
    const changed = once(keen, 'got');
    people = 2;
    await changed;
    expect([idle.isGone, keen.isGone]).toEqual([true, false]);
  });

  it('is full at its limit, and has room again when one leaves', async () => {
    const stream = open(1);
    const reader = new Reader();
    await stream.add(reader, undefined);
    expect(stream.isFull).toBe(true);
    reader.destroy();
    expect(stream.isFull).toBe(false);
  });

  it('ends them all when the node stops', async () => {
    const stream = open();
    const reader = new Reader();
    await stream.add(reader, undefined);
    stream.close();
    expect([reader.isGone, stream.isFull]).toEqual([true, true]);
  });
});
