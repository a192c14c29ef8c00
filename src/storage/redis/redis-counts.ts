import type { Day, Hour } from '../../clock/day.js';
import { decodeHyll, HyllError } from '../../sketch/hyll.js';
import type { Sketch } from '../../sketch/sketch.js';
import { type DayCounts, type HourCounts, type SketchName, StoreUnavailableError } from '../count-store.js';
import type { RedisClient } from './redis-connection.js';
import { DAYS, dayKey, HOURS, sketchKey } from './redis-keys.js';

/** Null when there is none. Throws StoreUnavailableError when somebody wrote something else there. */
export async function readSketch(client: RedisClient, name: SketchName): Promise<Sketch | null> {
  const bytes: unknown = await client.get(sketchKey(name));
  if (!Buffer.isBuffer(bytes)) return null;
  try {
    return decodeHyll(bytes);
  } catch (error) {
    if (!(error instanceof HyllError)) throw error;
    throw new StoreUnavailableError(`${sketchKey(name)} in Redis is damaged (${error.reason})`, {
      cause: error,
    });
  }
}

/** Names of days, both included, `-` and `+` for the first and last there is; oldest first. */
export async function readDayNames(client: RedisClient, from: string, to: string): Promise<Day[]> {
  return (await client.zRangeByLex(DAYS, from, to)).map(String);
}

/** A day's hash: its counts, null when it has none, and which keys it has sketches under, in order. */
export async function readDay(
  client: RedisClient,
  day: Day,
): Promise<{ counts: DayCounts | null; keyNames: string[] }> {
  const fields = textFields(await client.hGetAll(dayKey(day)));
  const dropped: Record<string, number> = {};
  const keyNames: string[] = [];
  for (const [field, value] of fields) {
    if (field.startsWith('drop:') && value !== '0') dropped[field.slice(5)] = Number(value);
    if (field.startsWith('key:')) keyNames.push(field.slice(4));
  }
  const hits = Number(fields.get('hits') ?? 0);
  const imported = fields.get('imported');
  const importedUniques = imported === undefined ? null : Number(imported);
  const hasCounts = hits > 0 || importedUniques !== null || Object.keys(dropped).length > 0;
  return { counts: hasCounts ? { day, hits, dropped, importedUniques } : null, keyNames: keyNames.sort() };
}

/** All hours that have any hit, oldest first. */
export async function readHours(client: RedisClient): Promise<HourCounts[]> {
  return [...textFields(await client.hGetAll(HOURS))]
    .filter(([, hits]) => hits !== '0')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, hits]): { hour: Hour; hits: number } => ({ hour, hits: Number(hits) }));
}

function textFields(hash: object): Map<string, string> {
  return new Map(Object.entries(hash).map(([field, value]) => [field, String(value)]));
}
