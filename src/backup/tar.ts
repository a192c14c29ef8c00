/**
 * POSIX ustar (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html): each file is a header of 512 bytes
 * and its content, filled up with zeros to whole blocks; two blocks of zeros end the archive. Every tar reads it.
 */
const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);
const PRIVATE_FILE = 0o600;
/** Eleven octal digits; a larger size is written in binary, as GNU and BSD do. */
const OCTAL_MAX = 0o77777777777;
const NAME_BYTES_MAX = 100;

export interface TarEntry {
  /** ASCII, 100 characters at most. */
  name: string;
  bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

/** How long the archive will be, before anything of it is read. */
export function tarBytes(entries: readonly Pick<TarEntry, 'bytes'>[]): number {
  const whole = entries.reduce((sum, { bytes }) => sum + BLOCK + bytes + fillingOf(bytes), 0);
  return whole + END.length;
}

/** The archive, a piece at a time. Throws when a file has another length than was said. */
export async function* tarOf(entries: readonly TarEntry[], timeMs: number): AsyncGenerator<Uint8Array> {
  for (const { name, bytes, read } of entries) {
    yield headerOf(name, bytes, timeMs);
    let left = bytes;
    for await (const piece of read()) {
      left -= piece.length;
      if (left < 0) break;
      yield piece;
    }
    if (left !== 0) throw new Error(`${name} has another length than when the archive was begun`);
    yield Buffer.alloc(fillingOf(bytes));
  }
  yield END;
}

function fillingOf(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

function headerOf(name: string, bytes: number, timeMs: number): Buffer {
  if (name.length > NAME_BYTES_MAX)
    throw new RangeError(`a name in a tar has ${NAME_BYTES_MAX} bytes at most`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 'ascii');
  header.write(octal(PRIVATE_FILE, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  if (bytes <= OCTAL_MAX) header.write(octal(bytes, 12), 124);
  else header.writeBigUInt64BE(BigInt(bytes), header.writeUInt8(0x80, 124) + 3);
  header.write(octal(Math.floor(timeMs / 1000), 12), 136);
  // The sum is taken as if its own place held spaces.
  header.fill(' ', 148, 156);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return header;
}

/** Digits that fill a field but for the zero that ends it. */
function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\u0000`;
}
