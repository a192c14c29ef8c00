import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface Needle {
  bytes: Buffer;
  /** What was looked for, and how it is written here. */
  label: string;
}

/**
 * Looks for many texts at once, in every way that a program may have written them: as they are, in hex, in base64
 * at any offset of a longer text. One pass over the bytes, however many texts.
 */
export class ByteSearch {
  private readonly byStart = new Map<number, Needle[]>();

  /** Shorter texts than 7 bytes would be found by chance. */
  constructor(texts: Iterable<string>) {
    for (const text of new Set(texts)) if (Buffer.byteLength(text) >= 7) this.add(text);
  }

  /** The labels of all that is there, each once. */
  in(haystack: Uint8Array): string[] {
    const found = new Set<string>();
    const bytes = Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length);
    for (let at = 0; at + 4 <= bytes.length; at++) {
      for (const needle of this.byStart.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.subarray(at, at + needle.bytes.length).equals(needle.bytes)) found.add(needle.label);
      }
    }
    return [...found];
  }

  private add(text: string): void {
    const raw = Buffer.from(text);
    this.put(raw, `${text} as it is`);
    this.put(Buffer.from(raw.toString('hex')), `${text} in hex`);
    this.put(Buffer.from(raw.toString('hex').toUpperCase()), `${text} in hex`);
    for (let offset = 0; offset < 3; offset++) {
      // Characters that also hold bits of the neighbours are left out.
      const padded = Buffer.concat([Buffer.alloc(offset), raw])
        .toString('base64')
        .replace(/=+$/, '');
      const isWhole = (raw.length + offset) % 3 === 0;
      const inner = padded.slice(offset === 0 ? 0 : offset + 1, isWhole ? undefined : -1);
      this.put(Buffer.from(inner), `${text} in base64`);
      this.put(Buffer.from(inner.replaceAll('+', '-').replaceAll('/', '_')), `${text} in base64`);
    }
  }

  private put(bytes: Buffer, label: string): void {
    const start = bytes.readUInt32LE(0);
    this.byStart.set(start, [...(this.byStart.get(start) ?? []), { bytes, label }]);
  }
}

/** Every file below a folder, hidden ones too. Sockets hold nothing. */
export async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) files.set(name, await readFile(path));
  }
  return files;
}
