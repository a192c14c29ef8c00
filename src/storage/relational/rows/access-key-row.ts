import { EntitySchema } from 'typeorm';
import type { AccessKey } from '../../access-key-store.js';
import { asNumber, LARGE_INTEGER, TEXT } from '../column-types.js';

export const AccessKeyRows = new EntitySchema<AccessKey>({
  name: 'access_key',
  tableName: 'access_keys',
  columns: {
    hash: { type: TEXT, primary: true },
    kind: { type: TEXT },
    name: { type: TEXT, nullable: true },
    createdAtMs: { type: LARGE_INTEGER, name: 'created_at_ms', transformer: asNumber },
    expiresAtMs: { type: LARGE_INTEGER, name: 'expires_at_ms', nullable: true, transformer: asNumber },
    lastUsedAtMs: { type: LARGE_INTEGER, name: 'last_used_at_ms', nullable: true, transformer: asNumber },
  },
});
