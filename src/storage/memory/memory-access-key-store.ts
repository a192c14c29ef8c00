import type { AccessKey, AccessKeyStore } from '../access-key-store.js';
import { MemoryTable } from './memory-table.js';

export class MemoryAccessKeyStore implements AccessKeyStore {
  private readonly table = new MemoryTable<AccessKey>();

  async find(hash: string): Promise<AccessKey | null> {
    return this.table.get(hash);
  }

  async list(): Promise<AccessKey[]> {
    return this.table.rows().sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  async put(key: AccessKey): Promise<void> {
    this.table.put(key.hash, key);
  }

  async remove(hash: string): Promise<void> {
    this.table.remove(hash);
  }
}
