import type { Account, AccountStore } from '../account-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { AccountRows } from './rows/account-row.js';

export class RelationalAccountStore implements AccountStore {
  constructor(private readonly database: RelationalDatabase) {}

  find(id: string): Promise<Account | null> {
    return this.database.read((rows) => rows.findOneBy(AccountRows, { id }));
  }

  findByName(nameKey: string): Promise<Account | null> {
    return this.database.read((rows) => rows.findOneBy(AccountRows, { nameKey }));
  }

  list(): Promise<Account[]> {
    return this.database.read((rows) => rows.find(AccountRows, { order: { createdAtMs: 'ASC', id: 'ASC' } }));
  }

  add(account: Account): Promise<boolean> {
    const { id, nameKey } = account;
    return this.database.write(async (rows) => {
      if (await rows.existsBy(AccountRows, [{ id }, { nameKey }])) return false;
      await rows.insert(AccountRows, account);
      return true;
    });
  }

  change(id: string, edit: (account: Account) => Account | null): Promise<Account | null> {
    return this.database.write(async (rows) => {
      const account = await rows.findOneBy(AccountRows, { id });
      const edited = account && edit(account);
      if (edited) await rows.update(AccountRows, { id }, edited);
      return edited;
    });
  }

  async remove(id: string): Promise<void> {
    await this.database.write((rows) => rows.delete(AccountRows, { id }));
  }
}
