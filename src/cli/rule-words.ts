import type { HeldReport } from '../federation/origin-view.js';
import { whole } from './output.js';

/** `jump: 14,000, at most 10,000` */
export function ruleWords({
  rule,
  measured,
  threshold,
}: Pick<HeldReport, 'rule' | 'measured' | 'threshold'>): string {
  if (measured === null || threshold === null) return rule;
  const bound = rule === 'not-hash-like' ? 'at least' : 'at most';
  return `${rule}: ${figure(measured)}, ${bound} ${figure(threshold)}`;
}

function figure(value: number): string {
  return Math.abs(value) < 1 && value !== 0 ? value.toExponential(0) : whole(Math.round(value));
}
