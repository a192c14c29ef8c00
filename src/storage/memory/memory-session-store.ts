import type { Session, SessionStore } from '../session-store.js';
import { MemoryTable } from './memory-table.js';

export class MemorySessionStore implements SessionStore {
  private readonly table = new MemoryTable<Session>();

  async find(hash: string): Promise<Session | null> {
    return this.table.get(hash);
  }

  async listOf(accountId: string): Promise<Session[]> {
    return this.of(accountId).sort((a, b) => b.lastUsedAtMs - a.lastUsedAtMs);
  }

  async add(session: Session): Promise<void> {
    this.table.put(session.hash, session);
  }

  async touch(hash: string, use: Pick<Session, 'lastUsedAtMs' | 'network'>): Promise<void> {
    const session = this.table.get(hash);
    if (session) this.table.put(hash, { ...session, ...use });
  }

  async remove(hash: string): Promise<void> {
    this.table.remove(hash);
  }

  async removeOf(accountId: string, except?: string): Promise<void> {
    for (const { hash } of this.of(accountId)) if (hash !== except) this.table.remove(hash);
  }

  async prune(before: Pick<Session, 'createdAtMs' | 'lastUsedAtMs'>): Promise<void> {
    for (const { hash, createdAtMs, lastUsedAtMs } of this.table.rows()) {
      if (createdAtMs < before.createdAtMs || lastUsedAtMs < before.lastUsedAtMs) this.table.remove(hash);
    }
  }

  private of(accountId: string): Session[] {
    return this.table.rows().filter((session) => session.accountId === accountId);
  }
}
