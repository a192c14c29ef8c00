import { Refusal } from '../../protocol/refusal.js';
import type { Report } from '../../protocol/report.js';
import { sketchDigest, unpackSketch } from '../../protocol/sketch-transfer.js';
import type { Ledger, LedgerSlot } from '../../storage/ledger.js';

/**
 * The sketches that a report names, as canonical HYLL bytes by digest, checked against the digests that the origin
 * signed. One that the origin's own reports of the day name already need not come again; whether anybody else has
 * sent the same one is nobody's business. Throws Refusal.
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
  const sketches = new Map<string, Uint8Array>();
  for (const digest of Object.values(report.sketches)) {
    const text = packed.get(digest);
    const bytes = text === undefined ? null : unpackSketch(Buffer.from(text, 'base64'));
    if (bytes && sketchDigest(bytes) !== digest) throw new Refusal('sketch-mismatch');
    const known = bytes ?? (standing.has(digest) ? await ledger.sketch(digest) : null);
    if (!known) throw new Refusal('sketch-missing');
    sketches.set(digest, known);
  }
  return sketches;
}
