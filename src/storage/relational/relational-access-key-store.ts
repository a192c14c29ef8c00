import type { AccessKey, AccessKeyStore } from '../access-key-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { AccessKeyRows } from './rows/access-key-row.js';

export class RelationalAccessKeyStore implements AccessKeyStore {
  constructor(private readonly database: RelationalDatabase) {}

  find(hash: string): Promise<AccessKey | null> {
    return this.database.read((rows) => rows.findOneBy(AccessKeyRows, { hash }));
  }

  list(): Promise<AccessKey[]> {
    return this.database.read((rows) =>
      rows.find(AccessKeyRows, { order: { createdAtMs: 'ASC', hash: 'ASC' } }),
    );
  }

  async put(key: AccessKey): Promise<void> {
    await this.database.write((rows) => rows.upsert(AccessKeyRows, key, ['hash']));
  }

  async remove(hash: string): Promise<void> {
    await this.database.write((rows) => rows.delete(AccessKeyRows, { hash }));
  }
}
