import { jsonText } from '../json-text.js';
import type { SettingsStore } from '../settings-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { SettingRows } from './rows/setting-row.js';

export class RelationalSettingsStore implements SettingsStore {
  constructor(private readonly database: RelationalDatabase) {}

  async get(name: string): Promise<unknown> {
    const row = await this.database.read((rows) => rows.findOneBy(SettingRows, { name }));
    return row === null ? null : JSON.parse(row.value);
  }

  async put(name: string, value: unknown): Promise<void> {
    const setting = { name, value: jsonText(value) };
    await this.database.write((rows) => rows.upsert(SettingRows, setting, ['name']));
  }

  async remove(name: string): Promise<void> {
    await this.database.write((rows) => rows.delete(SettingRows, { name }));
  }
}
