import { countOffSketch } from './count-off-sketch.js';
import type { Evidence, Finding } from './evidence.js';
import { jump } from './jump.js';
import { lateChange } from './late-change.js';
import { morePeopleThanHits } from './more-people-than-hits.js';
import { notHashLike } from './not-hash-like.js';
import { registerFell } from './register-fell.js';
import type { Thresholds } from './thresholds.js';

/** The cheap ones first. */
const RULES = [morePeopleThanHits, jump, lateChange, countOffSketch, registerFell, notHashLike];

/**
 * The first rule that holds a report back; null when it counts. Rules look at the origin's own reports only, so that
 * nobody's figures depend on what others report. A held report is kept, and the last counted one goes on counting.
 */
export function judge(evidence: Evidence, thresholds: Thresholds): Finding | null {
  for (const rule of RULES) {
    const finding = rule(evidence, thresholds);
    if (finding) return finding;
  }
  return null;
}

/** What all rules find: the first is the one that holds it. */
export function findings(evidence: Evidence, thresholds: Thresholds): Finding[] {
  return RULES.flatMap((rule) => rule(evidence, thresholds) ?? []);
}
