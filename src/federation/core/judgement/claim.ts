import type { Report } from '../../../protocol/report.js';
import { interval95 } from '../../../sketch/interval.js';

/** What a report says of its day. Its people are an estimate, with the 95 % interval of honest registers. */
export interface Claim {
  uniques: number;
  low: number;
  high: number;
  hits: number;
}

export function claimOf({ uniques, hits }: Report): Claim {
  return { uniques, ...interval95(uniques), hits };
}
