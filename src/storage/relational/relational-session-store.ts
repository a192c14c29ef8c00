import { LessThan, Not } from 'typeorm';
import type { Session, SessionStore } from '../session-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { SessionRows } from './rows/session-row.js';

export class RelationalSessionStore implements SessionStore {
  constructor(private readonly database: RelationalDatabase) {}

  find(hash: string): Promise<Session | null> {
    return this.database.read((rows) => rows.findOneBy(SessionRows, { hash }));
  }

  listOf(accountId: string): Promise<Session[]> {
    const order = { lastUsedAtMs: 'DESC', hash: 'ASC' } as const;
    return this.database.read((rows) => rows.find(SessionRows, { where: { accountId }, order }));
  }

  async add(session: Session): Promise<void> {
    await this.database.write((rows) => rows.insert(SessionRows, session));
  }

  async touch(hash: string, use: Pick<Session, 'lastUsedAtMs' | 'network'>): Promise<void> {
    await this.database.write((rows) => rows.update(SessionRows, { hash }, use));
  }

  async remove(hash: string): Promise<void> {
    await this.database.write((rows) => rows.delete(SessionRows, { hash }));
  }

  async removeOf(accountId: string, except?: string): Promise<void> {
    const others = except === undefined ? {} : { hash: Not(except) };
    await this.database.write((rows) => rows.delete(SessionRows, { accountId, ...others }));
  }

  async prune(before: Pick<Session, 'createdAtMs' | 'lastUsedAtMs'>): Promise<void> {
    await this.database.write(async (rows) => {
      await rows.delete(SessionRows, { createdAtMs: LessThan(before.createdAtMs) });
      await rows.delete(SessionRows, { lastUsedAtMs: LessThan(before.lastUsedAtMs) });
    });
  }
}
