import { EntitySchema } from 'typeorm';
import type { LegacyReport } from '../../legacy-report-store.js';
import { asNumber, FLAG, LARGE_INTEGER, TEXT } from '../column-types.js';

export const LegacyReportRows = new EntitySchema<LegacyReport>({
  name: 'legacy_report',
  tableName: 'legacy_reports',
  columns: {
    instanceId: { type: TEXT, name: 'instance_id', primary: true },
    count: { type: LARGE_INTEGER, transformer: asNumber },
    receivedAtMs: { type: LARGE_INTEGER, name: 'received_at_ms', transformer: asNumber },
    listed: { type: FLAG },
  },
});
