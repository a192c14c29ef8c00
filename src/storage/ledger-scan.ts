import type { Day } from '../clock/day.js';
import type { ReadableSketch } from '../sketch/sketch.js';
import type { LedgerSlot } from './ledger.js';

/** All that a ledger holds of one origin in some days. */
export interface OriginRecord {
  origin: string;
  /** Oldest day first. */
  slots: LedgerSlot[];
  /** Null for one that is not there. Only as long as the next record was not asked for. */
  sketchOf(digest: string): ReadableSketch | null;
}

/**
 * A ledger read from one end to the other, as it was at one moment, by whoever has a thread of its own for it: every
 * call blocks.
 */
export interface LedgerScan {
  /** One after the other, in the order of their node ids. */
  origins(from: Day, to: Day): Iterable<OriginRecord>;
  close(): void;
}
