import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LINE_CHARS_MAX } from './log-line.js';

const GZIP_MAGIC = 0x1f8b;

/**
 * The lines of a log, plain or gzipped (told by its first two bytes), in order and without their ends. A byte is
 * a character: see `parseLogLine`. A line longer than any server writes comes as an empty line, so that it is
 * counted among the unreadable, and is never held in memory. Rejects with the stream's error, and with zlib's for
 * a gzip file that is damaged or cut. The stream is destroyed when the reader stops early.
 */
export async function* readLog(stream: Readable): AsyncGenerator<string, void, undefined> {
  let rest = '';
  let skipping = false;
  for await (const chunk of await inflated(stream)) {
    const text = rest + chunk.toString('latin1');
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      yield skipping ? '' : lineText(text, start, end);
      skipping = false;
      start = end + 1;
    }
    rest = skipping ? '' : text.slice(start);
    // One more for the carriage return.
    if (rest.length > LINE_CHARS_MAX + 1) {
      rest = '';
      skipping = true;
    }
  }
  if (skipping || rest !== '') yield lineText(rest, 0, rest.length);
}

function lineText(text: string, start: number, end: number): string {
  const last = text[end - 1] === '\r' && end > start ? end - 1 : end;
  return last - start > LINE_CHARS_MAX ? '' : text.slice(start, last);
}

async function inflated(stream: Readable): Promise<AsyncIterable<Buffer>> {
  const source: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let first = await source.next();
  while (!first.done) {
    head = Buffer.concat([head, first.value]);
    if (head.length >= 2) break;
    first = await source.next();
  }
  const all = withHead(head, source);
  if (head.length < 2 || head.readUInt16BE() !== GZIP_MAGIC) return all;
  const gunzip = createGunzip();
  // Whichever end fails destroys the other; the reader of gunzip sees the error.
  pipeline(Readable.from(all, { objectMode: false }), gunzip, () => undefined);
  return gunzip;
}

async function* withHead(
  head: Buffer,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    if (head.length > 0) yield head;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
