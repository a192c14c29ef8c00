import { Refusal } from '../../protocol/refusal.js';
import { sketchDigest, unpackSketch } from '../../protocol/sketch-transfer.js';
import type { Ledger } from '../../storage/ledger.js';

/**
 * The sketches that a report names, as canonical HYLL bytes by digest, checked against the digests that the origin
 * signed. One that is already here need not come again. Throws Refusal.
 *
 * @param packed Packed sketches in base64, by digest.
 */
export async function deliveredSketches(
  digests: readonly string[],
  packed: ReadonlyMap<string, string>,
  ledger: Pick<Ledger, 'sketch'>,
): Promise<Map<string, Uint8Array>> {
  const sketches = new Map<string, Uint8Array>();
  for (const digest of digests) {
    const text = packed.get(digest);
    const bytes =
      text === undefined ? await ledger.sketch(digest) : unpackSketch(Buffer.from(text, 'base64'));
    if (!bytes) throw new Refusal('sketch-missing');
    if (text !== undefined && sketchDigest(bytes) !== digest) throw new Refusal('sketch-mismatch');
    sketches.set(digest, bytes);
  }
  return sketches;
}
