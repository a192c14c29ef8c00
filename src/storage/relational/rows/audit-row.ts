import { EntitySchema } from 'typeorm';
import type { AuditEntry } from '../../audit-log.js';
import { asNumber, LARGE_INTEGER, ROW_ID, TEXT } from '../column-types.js';

export interface AuditRow extends Omit<AuditEntry, 'subject'> {
  /** JSON. */
  subject: string;
}

export const AuditRows = new EntitySchema<AuditRow>({
  name: 'audit_entry',
  tableName: 'audit_log',
  columns: {
    number: { type: ROW_ID, primary: true },
    previous: { type: TEXT },
    hash: { type: TEXT },
    atMs: { type: LARGE_INTEGER, name: 'at_ms', transformer: asNumber },
    by: { type: TEXT, name: 'decided_by' },
    action: { type: TEXT },
    subject: { type: TEXT },
    why: { type: TEXT },
  },
});
