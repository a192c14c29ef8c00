import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock.js';
import type { AccessKey, AccessKeyKind, AccessKeyStore } from '../storage/access-key-store.js';

export type KeyVerdict = 'ok' | 'missing' | 'unknown' | 'wrong-kind';

/** Who may do what. An admin key opens everything, a read key also what an overview key opens. */
export interface AccessKeys {
  /** Judges the key that was presented; see `presentedKey`. Rejects with StoreUnavailableError. */
  authorise(presented: string | undefined, kind: AccessKeyKind): Promise<KeyVerdict>;

  /** What the audit log calls a key that was authorised. Rejects with StoreUnavailableError. */
  nameOf(presented: string): Promise<string>;

  /** Makes a key and keeps its hash. */
  create(wanted: Pick<AccessKey, 'kind' | 'name' | 'expiresAtMs'>): Promise<NewAccessKey>;

  /** Makes a stored key open nothing from now on. The way to remove a key while the node runs. */
  revoke(hash: string): Promise<void>;
}

/** A key that was just made. Its text is nowhere kept. */
export interface NewAccessKey {
  kind: AccessKeyKind;
  text: string;
}

const RANDOM_BYTES = 24;
/** What a key opens besides its own kind. */
const OPENS: Readonly<Record<AccessKeyKind, readonly AccessKeyKind[]>> = {
  admin: ['admin', 'read', 'overview', 'write'],
  read: ['read', 'overview'],
  overview: ['overview'],
  write: ['write'],
};

/** Keys longer than this are not hashed: a key of ours has about 60 characters. */
const KEY_CHARS_MAX = 256;
const BEARER = /^Bearer +([^\s]+)$/i;

/** `Authorization: Bearer <key>`, else `X-API-Key: <key>`. Never from the URL: URLs end up in logs. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1];
  const key = headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** A revocation by another process is seen after at most this long. */
const CACHE_MS = 5_000;
/** Last use is good to the minute; a write for each request would be a write too many. */
const LAST_USE_STEP_MS = 60_000;

/** Keys of the configuration (not stored, not revocable) and keys of the store. */
export class StoredAccessKeys implements AccessKeys {
  private readonly known: LRUCache<string, { key: AccessKey | null }>;
  private readonly configured: { digest: Buffer; kind: AccessKeyKind }[];
  private writing: Promise<void> = Promise.resolve();
  private revocations = 0;

  constructor(
    private readonly store: AccessKeyStore,
    private readonly clock: Clock,
    configured: { adminKey: string | null; writeKey: string | null },
  ) {
    const now = () => clock.nowMs();
    this.known = new LRUCache({ max: 1_000, ttl: CACHE_MS, perf: { now } });
    this.configured = [
      ...configuredKey(configured.adminKey, 'admin'),
      ...configuredKey(configured.writeKey, 'write'),
    ];
  }

  async authorise(presented: string | undefined, kind: AccessKeyKind): Promise<KeyVerdict> {
    if (presented === undefined) return 'missing';
    if (presented.length > KEY_CHARS_MAX) return 'unknown';
    const hash = hashOfKey(presented);
    const held = this.configuredKind(hash) ?? (await this.storedKind(hash));
    if (held === null) return 'unknown';
    return OPENS[held].includes(kind) ? 'ok' : 'wrong-kind';
  }

  /** The beginning of the hash tells apart keys of one name. */
  async nameOf(presented: string): Promise<string> {
    const hash = hashOfKey(presented);
    if (this.configuredKind(hash) !== null) return 'key of the environment';
    const key = await this.stored(hash);
    return `key ${[key?.name, `(${hash.slice(0, 8)})`].filter(Boolean).join(' ')}`;
  }

  async create(wanted: Pick<AccessKey, 'kind' | 'name' | 'expiresAtMs'>): Promise<NewAccessKey> {
    const { kind } = wanted;
    const text = `hc_${kind}_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
    await this.store.put({
      ...{ hash: hashOfKey(text), createdAtMs: this.clock.nowMs(), lastUsedAtMs: null },
      ...wanted,
    });
    return { kind, text };
  }

  async revoke(hash: string): Promise<void> {
    // In the queue of last uses, so that a late one cannot put the key back.
    const removed = this.writing.then(async () => {
      await this.store.remove(hash);
      this.revocations++;
      this.known.delete(hash);
    });
    this.writing = removed.catch(() => undefined);
    await removed;
  }

  /** Compares digests, all of them, in constant time. Admin wins when one text is both keys. */
  private configuredKind(hash: string): AccessKeyKind | null {
    const digest = Buffer.from(hash, 'hex');
    let kind: AccessKeyKind | null = null;
    for (const candidate of this.configured) {
      if (timingSafeEqual(candidate.digest, digest)) kind ??= candidate.kind;
    }
    return kind;
  }

  private async storedKind(hash: string): Promise<AccessKeyKind | null> {
    return this.used(await this.stored(hash));
  }

  private async stored(hash: string): Promise<AccessKey | null> {
    const cached = this.known.get(hash);
    if (cached) return cached.key;
    const { revocations } = this;
    const found = await this.store.find(hash);
    const key = found && { ...found };
    // What was read before a revocation must not be remembered after it.
    if (revocations === this.revocations) this.known.set(hash, { key });
    return key;
  }

  private used(key: AccessKey | null): AccessKeyKind | null {
    const nowMs = this.clock.nowMs();
    if (key === null || (key.expiresAtMs !== null && key.expiresAtMs <= nowMs)) return null;
    if (nowMs - (key.lastUsedAtMs ?? 0) >= LAST_USE_STEP_MS) {
      key.lastUsedAtMs = nowMs;
      this.writing = this.writing.then(() => this.noteUse(key.hash, nowMs)).catch(() => undefined);
    }
    return key.kind;
  }

  /** Losing one is no harm: the next use writes it again. */
  private async noteUse(hash: string, lastUsedAtMs: number): Promise<void> {
    const stored = await this.store.find(hash);
    if (stored !== null) await this.store.put({ ...stored, lastUsedAtMs });
  }
}

function configuredKey(key: string | null, kind: AccessKeyKind): { digest: Buffer; kind: AccessKeyKind }[] {
  return key === null ? [] : [{ digest: Buffer.from(hashOfKey(key), 'hex'), kind }];
}
