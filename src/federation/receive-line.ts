import type { Clock } from '../clock/clock.js';
import { dayOf } from '../clock/day.js';
import { parseFederationLine } from '../identity/federation-line.js';
import type { KeyHolder } from '../keys/key-holder.js';
import { Refusal } from '../protocol/refusal.js';
import type { CountStore } from '../storage/count-store.js';

/** Whether anything was counted today: then another federation takes over tomorrow only. */
export async function hasCountedToday(counts: CountStore, clock: Clock): Promise<boolean> {
  const today = dayOf(clock.nowMs());
  const [counted] = await counts.days(today, today);
  return (counted?.hits ?? 0) > 0;
}

/**
 * Joins the federation of a line that was sealed to this node. Throws Refusal `other-federation` when it is not the
 * one that was spoken of, and what KeyHolder.join throws.
 */
export async function receiveLine(
  text: string,
  federation: string,
  { keys, counts, clock }: { keys: KeyHolder; counts: CountStore; clock: Clock },
): Promise<void> {
  const line = parseFederationLine(text);
  if (line.federation !== federation) throw new Refusal('other-federation');
  await keys.join(line, await hasCountedToday(counts, clock));
}
