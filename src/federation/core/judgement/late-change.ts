import { DAY_MS, dayStartMs } from '../../../clock/day.js';
import { isIssuedLate } from '../../../protocol/report.js';
import type { Evidence, Finding } from './evidence.js';

const FINAL_H = 48;

/**
 * A day's figures are final 48 h after its end: whoever changes them later is asked why. A node that was off at the
 * time may still close its day, that is, say the same again and add the sketch under the next epoch's key: that it
 * is of as many people is another rule's business.
 */
export function lateChange({ report, counted }: Evidence): Finding | null {
  const isImport = report.backfill === true && counted?.backfill === true;
  if (!counted || !isIssuedLate(report) || isImport) return null;
  const isSame =
    report.hits === counted.hits &&
    report.uniques === counted.uniques &&
    report.withdrawn === counted.withdrawn &&
    report.windows['7d'] === counted.windows['7d'] &&
    report.windows['30d'] === counted.windows['30d'] &&
    Object.entries(counted.sketches).every(([keyName, digest]) => report.sketches[keyName] === digest);
  if (isSame) return null;
  const measured = (Date.parse(report.issuedAt) - dayStartMs(report.day) - DAY_MS) / 3_600_000;
  return { rule: 'late-change', measured, threshold: FINAL_H };
}
