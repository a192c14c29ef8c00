import { Refusal } from '../../protocol/refusal.js';
import type { Report } from '../../protocol/report.js';
import { grow, readGrowth } from '../../protocol/sketch-growth.js';
import { sketchDigest, unpackSketch } from '../../protocol/sketch-transfer.js';
import type { Ledger, LedgerSlot } from '../../storage/ledger.js';

/**
 * The sketches that a report names, as canonical HYLL bytes by digest, checked against the digests that the origin
 * signed. One that the origin's own reports of the day name already need not come again, and one that grew from such a
 * one need not come whole; whether anybody else has sent the same one is nobody's business. Throws Refusal.
 *
 * @param packed Packed sketches in base64, by digest.
 * @param slot What stands of the origin and day.
 */
export async function deliveredSketches(
  report: Report,
  packed: ReadonlyMap<string, string>,
  slot: LedgerSlot | null,
  ledger: Pick<Ledger, 'sketch'>,
): Promise<Map<string, Uint8Array>> {
  const standing = new Set(
    [slot?.accepted, slot?.counted].flatMap((one) => Object.values(one?.report.sketches ?? {})),
  );
  const held = async (digest: string) => {
    const bytes = standing.has(digest) ? await ledger.sketch(digest) : null;
    if (!bytes) throw new Refusal('sketch-missing');
    return bytes;
  };
  const unpacked = async (bytes: Buffer) => {
    const growth = readGrowth(bytes);
    return growth ? grow(await held(growth.base), growth.risen) : unpackSketch(bytes);
  };
  const sketches = new Map<string, Uint8Array>();
  for (const digest of Object.values(report.sketches)) {
    const text = packed.get(digest);
    const bytes = text === undefined ? await held(digest) : await unpacked(Buffer.from(text, 'base64'));
    if (text !== undefined && sketchDigest(bytes) !== digest) throw new Refusal('sketch-mismatch');
    sketches.set(digest, bytes);
  }
  return sketches;
}
