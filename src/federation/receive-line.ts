import type { Clock } from '../clock/clock.js';
import { dayOf } from '../clock/day.js';
import { parseFederationLine } from '../identity/federation-line.js';
import type { KeyHolder } from '../keys/key-holder.js';
import { Refusal } from '../protocol/refusal.js';
import type { CountStore } from '../storage/count-store.js';

/** What a node counts by, and into what. */
interface Counting {
  keys: KeyHolder;
  counts: CountStore;
  clock: Clock;
}

/**
 * Whether anybody was counted today under the key in use: then another federation takes over tomorrow only. What a
 * restored node counted before it lost its keys goes on under those that the line brings back.
 */
export async function hasCountedToday({ keys, counts, clock }: Counting): Promise<boolean> {
  const today = dayOf(clock.nowMs());
  const sketches = await counts.daySketches(today);
  return sketches.has(keys.keyOfWindow(today) ?? '');
}

/**
 * Joins the federation of a line that was sealed to this node. Throws Refusal `other-federation` when it is not the
 * one that was spoken of, and what KeyHolder.join throws.
 */
export async function receiveLine(text: string, federation: string, counting: Counting): Promise<void> {
  const line = parseFederationLine(text);
  if (line.federation !== federation) throw new Refusal('other-federation');
  await counting.keys.join(line, await hasCountedToday(counting));
}
