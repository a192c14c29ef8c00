import type { Report } from '../protocol/report.js';
import { decodeHyll } from '../sketch/hyll.js';
import { Sketch } from '../sketch/sketch.js';
import { type CountStore, daySketchName } from '../storage/count-store.js';

/**
 * Merges what an earlier report of ours says into the own counts, for a store that was restored from an old backup.
 * Registers and hits only rise, so that taking back twice, or what was never lost, changes nothing. Answers whether
 * anything rose.
 *
 * @param sketches Canonical HYLL bytes by key name.
 */
export async function takeBack(
  store: CountStore,
  { day, hits }: Report,
  sketches: ReadonlyMap<string, Uint8Array>,
): Promise<boolean> {
  let hasRisen = false;
  for (const [keyName, hyll] of sketches) {
    const name = daySketchName(day, keyName);
    const reported = decodeHyll(hyll);
    const counted = (await store.sketch(name)) ?? new Sketch();
    if (!counted.merge(reported)) continue;
    await store.mergeSketch(name, reported);
    hasRisen = true;
  }
  const [counted] = await store.days(day, day);
  if ((counted?.hits ?? 0) >= hits) return hasRisen;
  await store.raiseHits(day, hits);
  return true;
}
