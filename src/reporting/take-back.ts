import type { Report } from '../protocol/report.js';
import { decodeHyll } from '../sketch/hyll.js';
import { type CountStore, daySketchName } from '../storage/count-store.js';

/**
 * Merges what an earlier report of ours says into the own counts, for a store that was restored from an old backup.
 * Registers and hits only rise, so that taking back twice, or what was never lost, changes nothing.
 *
 * @param sketches Canonical HYLL bytes by key name.
 */
export async function takeBack(
  store: CountStore,
  { day, hits }: Report,
  sketches: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [keyName, hyll] of sketches)
    await store.mergeSketch(daySketchName(day, keyName), decodeHyll(hyll));
  await store.raiseHits(day, hits);
}
