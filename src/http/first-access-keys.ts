import type { Config } from '../config/config.js';
import type { AccessKeyKind, AccessKeyStore } from '../storage/access-key-store.js';
import type { AccessKeys, NewAccessKey } from './access-keys.js';

/** Makes an admin and a write key at the first start, unless the configuration brings its own. */
export async function firstAccessKeys(
  store: AccessKeyStore,
  keys: AccessKeys,
  config: Pick<Config, 'adminKey' | 'writeKey'>,
): Promise<NewAccessKey[]> {
  const known = await store.list();
  const wanted: [AccessKeyKind, string | null][] = [
    ['admin', config.adminKey],
    ['write', config.writeKey],
  ];
  const made: NewAccessKey[] = [];
  for (const [kind, configured] of wanted) {
    if (configured !== null || known.some((key) => key.kind === kind)) continue;
    made.push(await keys.create({ kind, name: null, expiresAtMs: null }));
  }
  return made;
}
