import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/**
 * Many more people than the origin ever had. The week before is left out of the comparison, so that nobody climbs
 * from day to day; a person's release is a measure for the days after it at once.
 */
export function jump({ report, history }: Evidence, { jumpFloor, jumpFactor }: Thresholds): Finding | null {
  const largest = history.reduce((most, { uniques }) => Math.max(most, uniques), 0);
  const threshold = Math.max(jumpFloor, jumpFactor * largest);
  return report.uniques > threshold ? { rule: 'jump', measured: report.uniques, threshold } : null;
}
