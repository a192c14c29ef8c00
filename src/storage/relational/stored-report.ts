import type { Report } from '../../protocol/report.js';
import type { LedgerReport } from '../ledger.js';
import type { ReportRow } from './rows/report-row.js';

export const REPORT_COLUMNS = [
  'origin',
  'day',
  'seq',
  'reportId',
  'envelope',
  'receivedAtMs',
  'isCounted',
] as const satisfies readonly (keyof ReportRow)[];

/** The report is read from the signed payload. It passed acceptance before it was stored and is not judged again. */
export function reportOf(row: Omit<ReportRow, 'id'>): LedgerReport {
  const { origin, day, seq, reportId, envelope, receivedAtMs } = row;
  return { origin, day, seq, reportId, envelope, report: payloadOf(envelope), receivedAtMs };
}

function payloadOf(envelope: string): Report {
  const { payload } = JSON.parse(envelope) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Report;
}
