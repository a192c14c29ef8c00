import { EncodedSketch } from '../../sketch/hyll.js';
import type { Ledger, LedgerSlot } from '../../storage/ledger.js';
import type { OriginRecord } from '../../storage/ledger-scan.js';
import { type Effect, sideOf } from './effect.js';
import type { TotalComputer } from './total-computer.js';
import {
  answerQuestion,
  type ComputedTotal,
  daysOf,
  supposing,
  type TotalQuestion,
} from './total-question.js';

const READS_MAX = 3;

/** Slots with the sketches that their counted reports name, as canonical HYLL bytes by digest. */
export interface SlotsWithSketches {
  slots: LedgerSlot[];
  sketches: Map<string, Uint8Array>;
}

/** Computes totals on this thread, from a ledger that fits into memory. */
export class LedgerTotals implements TotalComputer {
  constructor(private readonly ledger: Ledger) {}

  async compute(question: TotalQuestion): Promise<ComputedTotal> {
    const { from, to } = daysOf(question);
    const { slots, sketches } = await withSketches(
      async () => supposing(await this.ledger.slots(from, to), question),
      this.ledger,
    );
    return answerQuestion(question, recordsOf(slots, sketches));
  }

  async compare(origin: string, before: TotalQuestion, after: TotalQuestion): Promise<Effect> {
    const [now, then] = [await this.compute(before), await this.compute(after)];
    return { before: sideOf(now.total, origin), after: sideOf(then.total, origin) };
  }
}

/** @param slots Ordered by origin. */
export function* recordsOf(
  slots: readonly LedgerSlot[],
  sketches: ReadonlyMap<string, Uint8Array>,
): Generator<OriginRecord> {
  const sketchOf = (digest: string) => {
    const bytes = sketches.get(digest);
    return bytes ? new EncodedSketch(bytes) : null;
  };
  let start = 0;
  for (const [index, { accepted }] of slots.entries()) {
    const { origin } = accepted;
    if (slots[index + 1]?.accepted.origin === origin) continue;
    yield { origin, slots: slots.slice(start, index + 1), sketchOf };
    start = index + 1;
  }
}

/**
 * Slots together with the sketches they name. A report that is replaced in between takes its sketches along: then
 * the slots are read again. On the last attempt a sketch that is missing stays missing, and its day is not merged.
 */
export async function withSketches(
  read: () => Promise<LedgerSlot[]>,
  ledger: Ledger,
): Promise<SlotsWithSketches> {
  const sketches = new Map<string, Uint8Array>();
  for (let attempt = 1; ; attempt++) {
    const slots = await read();
    const named = new Set(slots.flatMap(({ counted }) => Object.values(counted?.report.sketches ?? {})));
    for (const digest of sketches.keys()) if (!named.has(digest)) sketches.delete(digest);
    for (const digest of named) {
      const bytes = sketches.get(digest) ?? (await ledger.sketch(digest));
      if (bytes) sketches.set(digest, bytes);
    }
    if (sketches.size === named.size || attempt === READS_MAX) return { slots, sketches };
  }
}
