import { open, readFile } from 'node:fs/promises';

const CHUNK_BYTES = 16 * 1024 * 1024;
/** A needle may lie across two chunks. */
const OVERLAP_BYTES = 128;

/** All that a process of ours has in its writable memory, in pieces that overlap a little. Linux only. */
export async function* memoryOf(pid: number): AsyncGenerator<Buffer> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const memory = await open(`/proc/${pid}/mem`);
  try {
    for (const line of maps.split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) continue;
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += CHUNK_BYTES) {
        const length = Math.min(CHUNK_BYTES + OVERLAP_BYTES, end - at);
        const chunk = Buffer.alloc(length);
        // Regions that were given back meanwhile can't be read.
        const read = await memory.read(chunk, 0, length, at).catch(() => null);
        if (read) yield chunk.subarray(0, read.bytesRead);
      }
    }
  } finally {
    await memory.close();
  }
}

/** A secret of 32 bytes in every way that a program may hold it. */
export function writingsOf(secret: Buffer): Buffer[] {
  return [
    secret,
    ...(['hex', 'base64', 'base64url'] as const).map((encoding) =>
      Buffer.from(secret.toString(encoding).replace(/=+$/, '')),
    ),
  ];
}

/** Whether any of the needles is in any of the pieces. */
export async function isAnyIn(
  needles: readonly Buffer[],
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<boolean> {
  for await (const piece of pieces) if (needles.some((needle) => piece.includes(needle))) return true;
  return false;
}
