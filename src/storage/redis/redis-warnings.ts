import type { RedisClient } from './redis-connection.js';
import { refusalOf } from './redis-errors.js';

/** What this server's settings may cost: counts are not a cache. Empty when it keeps what it was given. */
export async function durabilityWarnings(client: RedisClient): Promise<string[]> {
  const told =
    String(await client.sendCommand(['INFO', 'persistence'])) +
    String(await client.sendCommand(['INFO', 'memory']));
  const fields = new Map([...told.matchAll(/^(\w+):([^\r\n]*)/gm)].map(([, name, value]) => [name, value]));
  const warnings: string[] = [];
  if (fields.get('aof_enabled') !== '1') {
    warnings.push(
      'Redis has no append-only file: when it stops, it may lose visits that were acknowledged. Set `appendonly yes`',
    );
  } else if (await maySyncLater(client)) {
    warnings.push(
      'Redis may lose the last seconds of acknowledged visits when it is killed or the power fails. Set `appendfsync always`',
    );
  }
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  if (fields.get('maxmemory') !== '0' && policy !== 'noeviction') {
    warnings.push(
      `Redis may throw counts away when its memory is full (${policy}). Set \`maxmemory-policy noeviction\``,
    );
  }
  return warnings;
}

/**
 * Whether Redis answers before a visit is on disk. Under `everysec` not even `kill -9` is harmless: while a sync is under
 * way Redis holds the next writes back in its own memory, for two seconds at most, and answers all the same (aof.c,
 * flushAppendOnlyFile). A server that does not tell is not warned about.
 */
async function maySyncLater(client: RedisClient): Promise<boolean> {
  try {
    const { appendfsync } = await client.configGet('appendfsync');
    return appendfsync !== undefined && String(appendfsync) !== 'always';
  } catch (error) {
    if (refusalOf(error) === null) throw error;
    return false;
  }
}
