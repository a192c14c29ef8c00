import { EntitySchema } from 'typeorm';
import type { Session } from '../../session-store.js';
import { asNumber, LARGE_INTEGER, TEXT } from '../column-types.js';

export const SessionRows = new EntitySchema<Session>({
  name: 'session',
  tableName: 'sessions',
  columns: {
    hash: { type: TEXT, primary: true },
    accountId: { type: TEXT, name: 'account_id' },
    createdAtMs: { type: LARGE_INTEGER, name: 'created_at_ms', transformer: asNumber },
    lastUsedAtMs: { type: LARGE_INTEGER, name: 'last_used_at_ms', transformer: asNumber },
    device: { type: TEXT },
    network: { type: TEXT, nullable: true },
  },
  indices: [{ name: 'sessions_by_account', columns: ['accountId'] }],
});
