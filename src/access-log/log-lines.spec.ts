import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LINE_CHARS_MAX } from './log-line.js';
import { readLog } from './log-lines.js';

async function linesOf(chunks: Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLog(Readable.from(chunks, { objectMode: false }))) lines.push(line);
  return lines;
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

describe('readLog', () => {
  it('reads lines however they are cut into chunks, plain and gzipped', async () => {
    const text = fc.array(fc.string({ unit: 'binary-ascii' }).map((line) => line.replace(/[\r\n]/g, '')));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 50 }), fc.boolean(), async (lines, size, gzipped) => {
        const plain = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
        fc.pre(!(plain[0] === 0x1f && plain[1] === 0x8b));
        expect(await linesOf(cut(gzipped ? gzipSync(plain) : plain, size))).toEqual(lines);
      }),
    );
  });

  it('reads an empty file, a last line without end, and lines that end in CR LF', async () => {
    expect(await linesOf([])).toEqual([]);
    expect(await linesOf([Buffer.from('a')])).toEqual(['a']);
    expect(await linesOf([Buffer.from('a\r\nb\r'), Buffer.from('\nc')])).toEqual(['a', 'b', 'c']);
  });

  it('takes a byte for a character', async () => {
    expect(await linesOf([Buffer.from('é\n')])).toEqual(['\u00c3\u00a9']);
  });

  it('gives an endless line as one empty line and goes on after it', async () => {
    const endless = Array.from({ length: 200 }, () => Buffer.alloc(1_000, 'x'));
    expect(await linesOf([...endless, Buffer.from('\nnext\n')])).toEqual(['', 'next']);
    expect(await linesOf(endless)).toEqual(['']);
    const longest = 'y'.repeat(LINE_CHARS_MAX);
    expect(await linesOf([Buffer.from(`${longest}\r\n${longest}z\n`)])).toEqual([longest, '']);
  });

  it('reads gzip members in a row, as rotated logs are joined', async () => {
    expect(await linesOf([gzipSync('a\n'), gzipSync('b\n')])).toEqual(['a', 'b']);
  });

  it('rejects a gzip file that is cut or damaged', async () => {
    const whole = gzipSync(Buffer.alloc(10_000, 'line\n'));
    await expect(linesOf([whole.subarray(0, whole.length - 5)])).rejects.toThrow();
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 8]! ^= 0xff;
    await expect(linesOf([damaged])).rejects.toThrow();
  });

  it('passes on the error of the stream', async () => {
    const failing = (async function* () {
      yield gzipSync('a\n');
      throw new Error('disk gone');
    })();
    await expect(async () => {
      for await (const _ of readLog(Readable.from(failing, { objectMode: false })));
    }).rejects.toThrow('disk gone');
  });

  it('destroys the stream when the reader stops', async () => {
    for (const bytes of [Buffer.from('a\nb\n'), gzipSync('a\nb\n')]) {
      const stream = Readable.from([bytes, bytes, bytes], { objectMode: false });
      const closed = new Promise((resolve) => stream.once('close', resolve));
      for await (const _ of readLog(stream)) break;
      await closed;
      expect(stream.destroyed).toBe(true);
    }
  });
});
