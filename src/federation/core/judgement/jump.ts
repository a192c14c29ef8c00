import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/**
 * Many more people than the origin ever had. The week before is left out of the comparison, so that nobody climbs
 * from day to day; a person's release is a measure for the days after it at once. Nobody climbs from week to week
 * either: days that no person looked at are a measure up to the floor, or up to what a person released (ADR 14).
 */
export function jump(
  { report, history, released }: Evidence,
  { jumpFloor, jumpFactor }: Thresholds,
): Finding | null {
  const largest = history.reduce((most, { uniques }) => Math.max(most, uniques), 0);
  const measure = Math.min(largest, Math.max(jumpFloor, released));
  const threshold = Math.max(jumpFloor, jumpFactor * measure);
  return report.uniques > threshold ? { rule: 'jump', measured: report.uniques, threshold } : null;
}
