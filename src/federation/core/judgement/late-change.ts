import { DAY_MS, dayStartMs, HOUR_MS } from '../../../clock/day.js';
import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/**
 * A day's figures are final two days after its end: whoever changes them later is asked why. A node that was off at the
 * time may still close its day, that is, say the same again and add the sketch under the next epoch's key: that it
 * is of as many people is another rule's business.
 */
export function lateChange(
  { report, counted }: Evidence,
  { lateHours: threshold }: Thresholds,
): Finding | null {
  const isImport = report.backfill === true && counted?.backfill === true;
  const measured = (Date.parse(report.issuedAt) - dayStartMs(report.day) - DAY_MS) / HOUR_MS;
  if (!counted || measured <= threshold || isImport) return null;
  const isSame =
    report.hits === counted.hits &&
    report.uniques === counted.uniques &&
    report.withdrawn === counted.withdrawn &&
    report.windows['7d'] === counted.windows['7d'] &&
    report.windows['30d'] === counted.windows['30d'] &&
    Object.entries(counted.sketches).every(([keyName, digest]) => report.sketches[keyName] === digest);
  return isSame ? null : { rule: 'late-change', measured, threshold };
}
