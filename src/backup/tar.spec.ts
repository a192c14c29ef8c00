import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { type TarEntry, tarBytes, tarOf } from './tar.js';

const NOON_MS = Date.parse('2026-11-22T12:00:00Z');
const NINE_GB = 9 * 2 ** 30;

function entry(name: string, content: Buffer, bytes = content.length): TarEntry {
  return { name, bytes, read: () => Readable.from([content]) };
}

/** What the system's own tar makes of it. */
async function listed(archive: AsyncIterable<Uint8Array>, ...options: string[]): Promise<string> {
  const tar = spawn('tar', [...options, '-f', '-'], { env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } });
  tar.stdin.on('error', () => undefined);
  Readable.from(archive).pipe(tar.stdin);
  const [told] = await Promise.all([text(tar.stdout), once(tar, 'close')]);
  return told;
}

describe('tarOf', () => {
  const entries = [
    entry('a/empty', Buffer.alloc(0)),
    entry('a/block', Buffer.alloc(512, 'b')),
    entry('a/more', Buffer.from('more than nothing')),
  ];

  it('is what tar reads, and as long as was said', async () => {
    const told = await listed(tarOf(entries, NOON_MS), '-tv');
    const rows = told.trim().split('\n');
    expect(rows.map((row) => row.split(/\s+/))).toEqual([
      ['-rw-------', '0/0', '0', '2026-11-22', '12:00', 'a/empty'],
      ['-rw-------', '0/0', '512', '2026-11-22', '12:00', 'a/block'],
      ['-rw-------', '0/0', '17', '2026-11-22', '12:00', 'a/more'],
    ]);
    expect(await listed(tarOf(entries, NOON_MS), '-xO', 'a/more')).toBe('more than nothing');
    const pieces = await Readable.from(tarOf(entries, NOON_MS)).toArray();
    expect(Buffer.concat(pieces)).toHaveLength(tarBytes(entries));
  });

  it('tells sizes that eleven octal digits do not hold', async () => {
    async function* begun() {
      yield (await tarOf([entry('large', Buffer.alloc(0), NINE_GB)], NOON_MS).next()).value as Uint8Array;
    }
    expect(await listed(begun(), '-tv')).toContain(` ${NINE_GB} `);
  });

  it.each([1, -1])('breaks off when a file is %i bytes off', async (off) => {
    const content = Buffer.from('some content');
    const wrong = tarOf([entry('wrong', content, content.length + off)], NOON_MS);
    await expect(Readable.from(wrong).toArray()).rejects.toThrow('another length');
  });
});
