import { EntitySchema } from 'typeorm';
import type { Account } from '../../account-store.js';
import { asJson, asNumber, LARGE_INTEGER, TEXT } from '../column-types.js';

export const AccountRows = new EntitySchema<Account>({
  name: 'account',
  tableName: 'accounts',
  columns: {
    id: { type: TEXT, primary: true },
    name: { type: TEXT },
    nameKey: { type: TEXT, name: 'name_key' },
    role: { type: TEXT },
    passwordHash: { type: TEXT, name: 'password_hash', nullable: true },
    passwordSetAtMs: {
      type: LARGE_INTEGER,
      name: 'password_set_at_ms',
      nullable: true,
      transformer: asNumber,
    },
    createdAtMs: { type: LARGE_INTEGER, name: 'created_at_ms', transformer: asNumber },
    secondFactor: { type: TEXT, name: 'second_factor', nullable: true, transformer: asJson },
    link: { type: TEXT, nullable: true, transformer: asJson },
  },
  indices: [{ name: 'accounts_by_name', columns: ['nameKey'], unique: true }],
});
