import { relativeError } from '../../../sketch/interval.js';
import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/** A few people whose hits were lost, and rounding. */
const LEEWAY = 5;

/** Everyone who came came at least once. */
export function morePeopleThanHits({ report }: Evidence, { sigmas }: Thresholds): Finding | null {
  const { uniques, hits } = report;
  const threshold = hits * (1 + sigmas * relativeError(hits)) + LEEWAY;
  return uniques > threshold ? { rule: 'more-people-than-hits', measured: uniques, threshold } : null;
}
