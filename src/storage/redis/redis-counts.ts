import type { Day, Hour } from '../../clock/day.js';
import type { DayCounts, HourCounts } from '../count-store.js';
import type { RedisClient } from './redis-connection.js';
import { dayKey, HOURS } from './redis-keys.js';

/** A day's hash: its counts, and which keys it has sketches under. */
export async function readDay(
  client: RedisClient,
  day: Day,
): Promise<{ counts: DayCounts; keyNames: string[] }> {
  const fields = textFields(await client.hGetAll(dayKey(day)));
  const dropped: Record<string, number> = {};
  const keyNames: string[] = [];
  for (const [field, value] of fields) {
    if (field.startsWith('drop:')) dropped[field.slice(5)] = Number(value);
    if (field.startsWith('key:')) keyNames.push(field.slice(4));
  }
  const imported = fields.get('imported');
  const importedUniques = imported === undefined ? null : Number(imported);
  const counts = { day, hits: Number(fields.get('hits') ?? 0), dropped, importedUniques };
  return { counts, keyNames: keyNames.sort() };
}

export async function readHours(client: RedisClient, from: Hour, to: Hour): Promise<HourCounts[]> {
  const fields = textFields(await client.hGetAll(HOURS));
  return [...fields]
    .filter(([hour]) => hour >= from && hour <= to)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, hits]) => ({ hour, hits: Number(hits) }));
}

function textFields(hash: object): Map<string, string> {
  return new Map(Object.entries(hash).map(([field, value]) => [field, String(value)]));
}
