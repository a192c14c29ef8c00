import type { Day } from '../../clock/day.js';
import type { SketchName } from '../count-store.js';

/**
 * Names of the keys in Redis. Each key stands alone: no command touches two, so that a cluster may spread them as it
 * likes. (A cluster would also need the MULTI of a flush split by slot, with a token in each.)
 */
const PREFIX = 'headcount:';

export const OWNER = `${PREFIX}owner`;
/** A sorted set of the days that have any count, all with score 0, so that it is ordered as text. */
export const DAYS = `${PREFIX}days`;
/** A hash of hits by hour. */
export const HOURS = `${PREFIX}hours`;

/** A HYLL string: Redis's own HyperLogLog. */
export function sketchKey(name: SketchName): string {
  return `${PREFIX}sketch:${name}`;
}

/** A hash: `hits`, `drop:<reason>`, `key:<key name>` for each sketch of the day, `imported` uniques. */
export function dayKey(day: Day): string {
  return `${PREFIX}day:${day}`;
}

/** The number of the last flush that a process has carried out. */
export function flushKey(processId: string): string {
  return `${PREFIX}flush:${processId}`;
}

export function idempotencyKey(key: string): string {
  return `${PREFIX}batch:${key}`;
}
