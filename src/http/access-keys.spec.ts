import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { type AccessKey, type AccessKeyStore } from '../storage/access-key-store.js';
import { hashOfKey, presentedKey, StoredAccessKeys } from './access-keys.js';

class MapKeyStore implements AccessKeyStore {
  readonly keys = new Map<string, AccessKey>();
  finds = 0;

  async find(hash: string) {
    this.finds++;
    return this.keys.get(hash) ?? null;
  }
  async list() {
    return [...this.keys.values()];
  }
  async put(key: AccessKey) {
    this.keys.set(key.hash, key);
  }
  async remove(hash: string) {
    this.keys.delete(hash);
  }
}

const READ_KEY = 'hc_read_0123456789';
const READ_HASH = hashOfKey(READ_KEY);

describe('StoredAccessKeys', () => {
  const clock = new ManualClock(1_000_000_000);
  let store: MapKeyStore;
  let keys: StoredAccessKeys;

  beforeEach(async () => {
    store = new MapKeyStore();
    await store.put({
      ...{ hash: READ_HASH, kind: 'read', name: null },
      ...{ createdAtMs: 0, expiresAtMs: null, lastUsedAtMs: null },
    });
    keys = new StoredAccessKeys(store, clock, { adminKey: 'the admin key', writeKey: 'hc_write_abc' });
  });

  it('opens each kind with its own key and everything with an admin key', async () => {
    expect(await keys.authorise('hc_write_abc', 'write')).toBe('ok');
    expect(await keys.authorise(READ_KEY, 'read')).toBe('ok');
    for (const kind of ['admin', 'read', 'write'] as const) {
      expect(await keys.authorise('the admin key', kind)).toBe('ok');
    }
  });

  it('names a key without telling it', async () => {
    const named = await keys.create({ kind: 'admin', name: 'CI', expiresAtMs: null });
    expect(await keys.nameOf('the admin key')).toBe('key of the environment');
    expect(await keys.nameOf(named.text)).toBe(`key CI (${hashOfKey(named.text).slice(0, 8)})`);
    expect(await keys.nameOf(READ_KEY)).toBe(`key (${READ_HASH.slice(0, 8)})`);
  });

  it('says why a key does not open', async () => {
    expect(await keys.authorise(undefined, 'read')).toBe('missing');
    expect(await keys.authorise('hc_read_wrong', 'read')).toBe('unknown');
    expect(await keys.authorise(READ_KEY, 'write')).toBe('wrong-kind');
    expect(await keys.authorise('hc_write_abc', 'admin')).toBe('wrong-kind');
  });

  it('does not look up a key that is longer than any', async () => {
    expect(await keys.authorise('x'.repeat(10_000), 'read')).toBe('unknown');
    expect(store.finds).toBe(0);
  });

  it('opens nothing without a configured key', async () => {
    const bare = new StoredAccessKeys(store, clock, { adminKey: null, writeKey: null });
    expect(await bare.authorise('', 'admin')).toBe('unknown');
    expect(await bare.authorise('null', 'admin')).toBe('unknown');
  });

  it('reads the store once for many requests', async () => {
    for (let i = 0; i < 10; i++) await keys.authorise('hc_read_wrong', 'read');
    expect(store.finds).toBe(1);
  });

  it('closes a revoked key at once and does not put it back when noting its last use', async () => {
    const [first] = await Promise.all([keys.authorise(READ_KEY, 'read'), keys.revoke(READ_HASH)]);
    expect(first).toBe('ok');
    expect(await keys.authorise(READ_KEY, 'read')).toBe('unknown');
    await keys.revoke('nothing: waits for the queue');
    expect(store.keys.size).toBe(0);
  });

  it('sees within seconds what another process revoked', async () => {
    expect(await keys.authorise(READ_KEY, 'read')).toBe('ok');
    await keys.revoke('nothing: waits for the queue');
    await store.remove(READ_HASH);
    clock.advance(5_001);
    expect(await keys.authorise(READ_KEY, 'read')).toBe('unknown');
  });

  it('notes the last use, at most once a minute', async () => {
    await keys.authorise(READ_KEY, 'read');
    await keys.revoke('nothing: waits for the queue');
    const firstMs = clock.nowMs();
    expect(store.keys.get(READ_HASH)?.lastUsedAtMs).toBe(firstMs);
    clock.advance(59_000);
    await keys.authorise(READ_KEY, 'read');
    await keys.revoke('nothing: waits for the queue');
    expect(store.keys.get(READ_HASH)?.lastUsedAtMs).toBe(firstMs);
  });
});

describe('presentedKey', () => {
  it('takes the bearer token, else X-API-Key', () => {
    expect(presentedKey({ authorization: 'Bearer abc' })).toBe('abc');
    expect(presentedKey({ authorization: 'bearer   abc' })).toBe('abc');
    expect(presentedKey({ 'x-api-key': 'abc' })).toBe('abc');
    expect(presentedKey({ authorization: 'Basic abc', 'x-api-key': 'abc' })).toBeUndefined();
    expect(presentedKey({ authorization: 'Bearer a b' })).toBeUndefined();
    expect(presentedKey({})).toBeUndefined();
  });
});
