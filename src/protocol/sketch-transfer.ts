import { createHash } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { decodeHyll, encodeHyll, HyllError } from '../sketch/hyll.js';
import { RANK_MAX, REGISTER_COUNT, Sketch } from '../sketch/sketch.js';
import { Refusal } from './refusal.js';

/** No packed sketch is longer: incompressible registers deflate to little more than themselves. */
export const PACKED_BYTES_MAX = 16_400;
/** Shorter sparse sketches travel as they are. */
const MAGIC = Buffer.from('HYLL');

/** `sha256:<hex>` of the canonical HYLL bytes: how reports name a sketch. */
export function sketchDigest(canonical: Uint8Array): string {
  return `sha256:${createHash('sha256').update(canonical).digest('hex')}`;
}

/**
 * How sketches travel: one byte a register, raw deflate with Huffman codes only (there is nothing to repeat), 5.9 kB
 * for a full sketch where its 6-bit form with gzip takes 8.3; or the canonical HYLL bytes where these are shorter.
 * HYLL begins with "H" = 0x48, which as deflate would be a stored block, and Huffman-only never writes one here.
 */
export function packSketch(canonical: Uint8Array): Uint8Array {
  const packed = deflateRawSync(decodeHyll(canonical).registers, { strategy: constants.Z_HUFFMAN_ONLY });
  return packed.length < canonical.length ? new Uint8Array(packed) : canonical;
}

/** The canonical HYLL bytes of what a stranger packed. Throws Refusal `sketch-malformed`. */
export function unpackSketch(packed: Uint8Array): Uint8Array {
  if (packed.length > PACKED_BYTES_MAX) throw new Refusal('sketch-malformed');
  const isHyll = Buffer.compare(packed.subarray(0, MAGIC.length), MAGIC) === 0;
  return encodeHyll(isHyll ? hyllSketch(packed) : deflatedSketch(packed));
}

function hyllSketch(bytes: Uint8Array): Sketch {
  try {
    return decodeHyll(bytes);
  } catch (error) {
    if (error instanceof HyllError) throw new Refusal('sketch-malformed');
    throw error;
  }
}

function deflatedSketch(packed: Uint8Array): Sketch {
  const registers = inflate(packed);
  if (registers.length !== REGISTER_COUNT || hasImpossibleRank(registers)) {
    throw new Refusal('sketch-malformed');
  }
  return new Sketch(registers);
}

/** A call for each register would take as long as all the rest of unpacking. */
function hasImpossibleRank(registers: Uint8Array): boolean {
  let signs = 0;
  for (let register = 0; register < registers.length; register++) signs |= RANK_MAX - registers[register]!;
  return signs < 0;
}

/** At most the registers' bytes come out, whatever goes in, and nothing may follow the stream. */
function inflate(packed: Uint8Array): Uint8Array {
  try {
    const { buffer, engine } = inflateRawSync(packed, {
      maxOutputLength: REGISTER_COUNT,
      info: true,
    }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (engine.bytesWritten !== packed.length) throw new Refusal('sketch-malformed');
    return new Uint8Array(buffer);
  } catch {
    throw new Refusal('sketch-malformed');
  }
}
