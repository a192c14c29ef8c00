import type { Day } from '../../clock/day.js';
import type { SketchName } from '../count-store.js';

/**
 * The keys of a node's Redis database, which is that node's alone (another node takes another database number).
 * Each key stands alone: no command touches two of them. A Redis Cluster may therefore spread them as it likes, but
 * for that a flush must also change: MULTI works within one slot, so there would be one for each slot that is touched,
 * each with a number key in its slot (`headcount:flush:<process>:{<tag>}`), settled one by one after an outage.
 */
const PREFIX = 'headcount:';

/** A string: the id of the node whose counts these are. */
export const OWNER = `${PREFIX}owner`;
/** A string that is written to see whether anything can be. */
export const CHECK = `${PREFIX}check`;
/** A sorted set of the days that have anything, all with score 0, so that it is ordered as text. */
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

/** A string: the number of the last flush of a process that was carried out. */
export function flushKey(processId: string): string {
  return `${PREFIX}flush:${processId}`;
}

/** A string that says that a batch was counted. */
export function idempotencyKey(key: string): string {
  return `${PREFIX}batch:${key}`;
}
