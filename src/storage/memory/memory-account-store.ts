import type { Account, AccountStore } from '../account-store.js';
import { MemoryTable } from './memory-table.js';

export class MemoryAccountStore implements AccountStore {
  private readonly table = new MemoryTable<Account>();

  async find(id: string): Promise<Account | null> {
    return this.table.get(id);
  }

  async findByName(nameKey: string): Promise<Account | null> {
    return this.table.rows().find((account) => account.nameKey === nameKey) ?? null;
  }

  async list(): Promise<Account[]> {
    return this.table.rows().sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  async add(account: Account): Promise<boolean> {
    const isTaken = ({ id, nameKey }: Account) => id === account.id || nameKey === account.nameKey;
    if (this.table.rows().some(isTaken)) return false;
    this.table.put(account.id, account);
    return true;
  }

  async change(id: string, edit: (account: Account) => Account | null): Promise<Account | null> {
    const account = this.table.get(id);
    const edited = account && edit(account);
    if (edited) this.table.put(id, edited);
    return edited;
  }

  async remove(id: string): Promise<void> {
    this.table.remove(id);
  }
}
