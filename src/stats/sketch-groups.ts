import type { Sketch } from '../sketch/sketch.js';

export interface Interval {
  estimate: number;
  /** 95 % interval, or bounds where `dedup` says so. */
  low: number;
  high: number;
  dedup: 'full' | 'bounded';
}

/** Days that can be merged because all of them have a sketch under one key. */
export interface SketchGroup {
  keyName: string;
  union: Sketch;
}

/**
 * Merges the days of a window, newest first, as far as they share keys. Within a federation's key chain that is
 * one group: each day is also written under the next epoch's key. A node that changed to another federation's
 * chain has a second group, and the same person may be in both.
 */
export function mergeGroups(
  days: readonly ReadonlyMap<string, Sketch>[],
  readKey: string | null,
): SketchGroup[] {
  const groups: SketchGroup[] = [];
  for (const sketches of days) {
    const group = groups.find((candidate) => sketches.has(candidate.keyName));
    if (group) {
      group.union.merge(sketches.get(group.keyName)!);
      continue;
    }
    const keyName = readKey !== null && sketches.has(readKey) ? readKey : ownKey(sketches);
    if (keyName !== null) groups.push({ keyName, union: sketches.get(keyName)!.clone() });
  }
  return groups;
}

/** The day's own epoch is the earliest one it is written under; earlier days are written under that key too. */
export function ownKey(sketches: ReadonlyMap<string, Sketch>): string | null {
  let own: string | null = null;
  for (const keyName of sketches.keys()) {
    if (own === null || epochIn(keyName) < epochIn(own)) own = keyName;
  }
  return own;
}

function epochIn(keyName: string): number {
  return Number(keyName.slice(keyName.indexOf('.') + 1));
}

export function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
