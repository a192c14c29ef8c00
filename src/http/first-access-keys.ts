import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import type { AccessKeyKind, AccessKeyStore } from '../storage/access-key-store.js';
import { hashOfKey } from './access-keys.js';

/** A key that was just made. Its text is nowhere kept. */
export interface NewAccessKey {
  kind: AccessKeyKind;
  text: string;
}

const RANDOM_BYTES = 24;

/** Makes an admin and a write key at the first start, unless the configuration brings its own. */
export async function firstAccessKeys(
  store: AccessKeyStore,
  config: Pick<Config, 'adminKey' | 'writeKey'>,
  clock: Clock,
): Promise<NewAccessKey[]> {
  const known = await store.list();
  const wanted: [AccessKeyKind, string | null][] = [
    ['admin', config.adminKey],
    ['write', config.writeKey],
  ];
  const made: NewAccessKey[] = [];
  for (const [kind, configured] of wanted) {
    if (configured !== null || known.some((key) => key.kind === kind)) continue;
    const text = `hc_${kind}_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
    await store.put({ hash: hashOfKey(text), kind, createdAtMs: clock.nowMs(), lastUsedAtMs: null });
    made.push({ kind, text });
  }
  return made;
}
