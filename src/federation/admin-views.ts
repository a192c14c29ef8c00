import type { AuditEntry } from '../storage/audit-log.js';
import type { Overlap } from './core/overlaps.js';
import type { OriginView } from './origin-view.js';

export interface OriginsPage {
  origins: OriginView[];
  /** How many there are in all. */
  count: number;
}

export interface OverlapMatrix {
  /** Of each node in it; null where it has none. */
  names: Record<string, string | null>;
  overlaps: Overlap[];
}

export interface ReleasedView {
  /** What counts now, oldest first. */
  released: { day: string; uniques: number; hits: number }[];
}

export interface AuditPage {
  entries: (Omit<AuditEntry, 'atMs'> & { at: string })[];
  /** The number of the first entry that was changed or taken out since it was written; null when the log is whole. */
  firstBroken: number | null;
}
