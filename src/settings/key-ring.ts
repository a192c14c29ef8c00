import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DAY_MS } from '../clock/day.js';
import type { AccessKeys } from '../http/access-keys.js';
import { ProblemError } from '../http/problem.js';
import { ACCESS_KEYS, CLOCK, RECORDS } from '../http/tokens.js';
import type { AccessKey, AccessKeyKind } from '../storage/access-key-store.js';
import type { Records } from '../storage/records.js';

export interface KeyView {
  id: string;
  name: string | null;
  kind: AccessKeyKind;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

/** More than anybody can tell apart. */
const KEYS_MAX = 200;

/** Keys that an administrator makes and revokes. A link for sharing is a key of the kind `overview`. */
@Injectable()
export class KeyRing {
  constructor(
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(links: boolean): Promise<KeyView[]> {
    const keys = await this.records.accessKeys.list();
    return keys.filter(({ kind }) => (kind === 'overview') === links).map(viewOf);
  }

  /** Answers the text, which is kept nowhere. Keys that have had their time make room. */
  async create(name: string, kind: AccessKeyKind, days: number | null, by: string): Promise<string> {
    const nowMs = this.clock.nowMs();
    await this.forgetExpired(nowMs);
    if ((await this.records.accessKeys.list()).length >= KEYS_MAX)
      throw new ProblemError('conflict', `There are ${KEYS_MAX} keys already: revoke some.`);
    const expiresAtMs = days === null ? null : nowMs + days * DAY_MS;
    await this.note('make key', { key: name, kind, days }, by);
    return (await this.keys.create({ kind, name, expiresAtMs })).text;
  }

  async revoke(hash: string, by: string, why: string): Promise<KeyView> {
    const key = await this.records.accessKeys.find(hash);
    if (key === null) throw new ProblemError('not-found', 'There is no key of that id.', { field: 'id' });
    await this.note('revoke key', { key: key.name, kind: key.kind }, by, why);
    await this.keys.revoke(hash);
    return viewOf(key);
  }

  private async forgetExpired(nowMs: number): Promise<void> {
    for (const { hash, expiresAtMs } of await this.records.accessKeys.list())
      if (expiresAtMs !== null && expiresAtMs <= nowMs) await this.keys.revoke(hash);
  }

  private async note(
    action: string,
    subject: Record<string, string | number | null>,
    by: string,
    why = '',
  ): Promise<void> {
    await this.records.audit.append({ atMs: this.clock.nowMs(), by, action, subject, why });
  }
}

function viewOf({ hash, name, kind, createdAtMs, expiresAtMs, lastUsedAtMs }: AccessKey): KeyView {
  const orNull = (timeMs: number | null) => (timeMs === null ? null : new Date(timeMs).toISOString());
  return {
    ...{ id: hash, name, kind, createdAt: new Date(createdAtMs).toISOString() },
    ...{ expiresAt: orNull(expiresAtMs), lastUsedAt: orNull(lastUsedAtMs) },
  };
}
