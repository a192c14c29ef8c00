import { decodeHyll, encodeHyll } from '../sketch/hyll.js';
import { REGISTER_COUNT, Sketch } from '../sketch/sketch.js';
import { Refusal } from './refusal.js';
import { packSketch, sketchDigest, unpackSketch } from './sketch-transfer.js';

/** No deflate stream begins with "G": its lowest bits name a block type that does not exist (RFC 1951, 3.2.3). */
const MAGIC = Buffer.from('GREW');
const DIGEST_BYTES = 32;
const HEADER_BYTES = MAGIC.length + DIGEST_BYTES;
const DIGEST_PREFIX = 'sha256:';

/** What a sketch has more than one that the receiver holds. */
export interface SketchGrowth {
  /** `sha256:<hex>` of the canonical HYLL bytes of the one before. */
  base: string;
  /** Packed sketch of the registers that rose, with their new ranks; all others are empty. */
  risen: Uint8Array;
}

/**
 * How a sketch travels to whoever holds an earlier one of the same day: "GREW", the SHA-256 of that one, and a packed
 * sketch of the registers that rose since. Null where a register fell.
 *
 * @param base Canonical HYLL bytes, as `canonical`.
 */
export function packGrowth(base: Uint8Array, canonical: Uint8Array): Uint8Array | null {
  const before = decodeHyll(base).registers;
  const now = decodeHyll(canonical).registers;
  const risen = new Sketch();
  for (let register = 0; register < REGISTER_COUNT; register++) {
    if (now[register]! < before[register]!) return null;
    if (now[register]! > before[register]!) risen.registers[register] = now[register]!;
  }
  const digest = Buffer.from(sketchDigest(base).slice(DIGEST_PREFIX.length), 'hex');
  return Buffer.concat([MAGIC, digest, packSketch(encodeHyll(risen))]);
}

/** Null for a sketch that is packed whole. Throws Refusal `sketch-malformed` where nothing follows the header. */
export function readGrowth(packed: Uint8Array): SketchGrowth | null {
  if (Buffer.compare(packed.subarray(0, MAGIC.length), MAGIC) !== 0) return null;
  if (packed.length <= HEADER_BYTES) throw new Refusal('sketch-malformed');
  const digest = Buffer.from(packed.subarray(MAGIC.length, HEADER_BYTES)).toString('hex');
  return { base: DIGEST_PREFIX + digest, risen: packed.subarray(HEADER_BYTES) };
}

/** Canonical HYLL bytes of the grown sketch. Throws Refusal `sketch-malformed`. */
export function grow(base: Uint8Array, risen: Uint8Array): Uint8Array {
  const sketch = decodeHyll(base);
  sketch.merge(decodeHyll(unpackSketch(risen)));
  return encodeHyll(sketch);
}
