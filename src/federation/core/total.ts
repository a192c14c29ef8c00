import type { Day } from '../../clock/day.js';
import type { ReadableSketch } from '../../sketch/sketch.js';
import type { LedgerSlot } from '../../storage/ledger.js';
import type { Policy } from './policy.js';
import type { RosterEntry } from './roster.js';
import type { Total } from './total-figures.js';
import { TotalFold } from './total-fold.js';

/**
 * Total = f(ledger, decisions, roster, policy, date). A pure function: whoever has the same inputs gets the same
 * figures, and an origin that is taken out of the inputs leaves no trace in them. (docs/PROTOCOL.md, "Totals")
 */
export interface TotalInputs {
  slots: readonly LedgerSlot[];
  sketchOf(digest: string): ReadableSketch | null;
  roster: readonly RosterEntry[];
  /** `<chain>.<epoch>` that a window ending on that day is read under. */
  readKey(day: Day): string;
  /** The federation's scheme. */
  identity: string;
  policy: Policy;
  nowMs: number;
}

export function computeTotal(inputs: TotalInputs): Total {
  const slotsOf = byOrigin(inputs.slots);
  const fold = new TotalFold(inputs);
  for (const entry of byNodeId(inputs.roster)) {
    fold.add(entry, slotsOf.get(entry.nodeId) ?? [], (digest) => inputs.sketchOf(digest));
  }
  return fold.finish();
}

/** The order in which a total is folded. */
export function byNodeId(roster: readonly RosterEntry[]): RosterEntry[] {
  return [...roster].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
}

function byOrigin(slots: readonly LedgerSlot[]): Map<string, LedgerSlot[]> {
  const grouped = new Map<string, LedgerSlot[]>();
  for (const slot of slots) {
    const known = grouped.get(slot.accepted.origin);
    if (known) known.push(slot);
    else grouped.set(slot.accepted.origin, [slot]);
  }
  return grouped;
}
