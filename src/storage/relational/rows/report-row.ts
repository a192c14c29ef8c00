import { EntitySchema } from 'typeorm';
import { asNumber, FLAG, LARGE_INTEGER, ROW_ID, TEXT } from '../column-types.js';

/**
 * A report that stands in a slot of its (origin, day): the one with the highest seq is the accepted one, the
 * counted one with the highest seq the counted one (ledger-slots.ts).
 */
export interface ReportRow {
  id: number;
  origin: string;
  day: string;
  seq: number;
  reportId: string;
  /** Exactly as received; the report is parsed from it, not kept a second time. */
  envelope: string;
  receivedAtMs: number;
  isCounted: boolean;
}

export const ReportRows = new EntitySchema<ReportRow>({
  name: 'report',
  tableName: 'reports',
  columns: {
    id: { type: ROW_ID, primary: true, generated: 'increment' },
    origin: { type: TEXT },
    day: { type: TEXT },
    seq: { type: LARGE_INTEGER, transformer: asNumber },
    reportId: { type: TEXT, name: 'report_id' },
    envelope: { type: TEXT },
    receivedAtMs: { type: LARGE_INTEGER, name: 'received_at_ms', transformer: asNumber },
    isCounted: { type: FLAG, name: 'is_counted' },
  },
  indices: [
    { name: 'reports_by_day', columns: ['day', 'origin', 'seq'], unique: true },
    { name: 'reports_by_origin', columns: ['origin'] },
  ],
});
