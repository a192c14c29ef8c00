import { EntitySchema } from 'typeorm';
import { TEXT } from '../column-types.js';

export interface SettingRow {
  name: string;
  /** JSON. Text and not a JSON column: what is read back is what was written, byte for byte. */
  value: string;
}

export const SettingRows = new EntitySchema<SettingRow>({
  name: 'setting',
  tableName: 'settings',
  columns: {
    name: { type: TEXT, primary: true },
    value: { type: TEXT },
  },
});
