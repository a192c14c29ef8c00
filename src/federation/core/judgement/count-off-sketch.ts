import { marginOfTwoKeys } from '../../../sketch/interval.js';
import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/**
 * The number of people that a report says and its sketches are of as many people. Sketches under two keys are of the
 * same people hashed twice, so each may be off by its own error.
 */
export function countOffSketch({ report, sketchOf }: Evidence, { sigmas }: Thresholds): Finding | null {
  for (const digest of Object.values(report.sketches)) {
    const estimate = sketchOf(digest)?.estimate();
    if (estimate === undefined) continue;
    const measured = Math.abs(estimate - report.uniques);
    const largest = Math.max(estimate, report.uniques);
    const threshold = marginOfTwoKeys(largest, sigmas);
    if (measured > threshold) return { rule: 'count-off-sketch', measured, threshold };
  }
  return null;
}
