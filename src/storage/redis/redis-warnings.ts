import type { RedisClient } from './redis-connection.js';

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
  }
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  if (fields.get('maxmemory') !== '0' && policy !== 'noeviction') {
    warnings.push(
      `Redis may throw counts away when its memory is full (${policy}). Set \`maxmemory-policy noeviction\``,
    );
  }
  return warnings;
}
