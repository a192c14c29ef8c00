import type { RedisClient } from './redis-connection.js';
import { OwnedByAnotherError } from './redis-errors.js';
import type { RedisExpiry } from './redis-expiry.js';
import { OWNER } from './redis-keys.js';

/**
 * Makes the database this node's, or throws OwnedByAnotherError: two nodes that share one by accident would each
 * report the other's visitors as their own. The mark lives as long as any counts may.
 */
export async function claimDatabase(client: RedisClient, owner: string, expiry: RedisExpiry): Promise<void> {
  const expiration = { type: 'EX', value: expiry.node() } as const;
  await client.set(OWNER, owner, { condition: 'NX', expiration });
  const holder = String(await client.get(OWNER));
  if (holder !== owner) throw new OwnedByAnotherError(holder);
}
