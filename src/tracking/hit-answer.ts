import type { HitOptions } from './browser-hits.js';
import type { Outcome } from './drop-reason.js';

/** What `POST /v1/hits` reads and says, whichever way a hit comes in. */
export const HIT_BODY_BYTES_MAX = 16_384;
export const HIT_ANSWER_TYPE = 'application/json; charset=utf-8';
const COUNTED = '{"counted":true}';

/** Most hits ask for nothing special. */
export const PLAIN_HIT: HitOptions = {
  visitor: null,
  refused: false,
  countPrograms: false,
  giveCookie: false,
};

/** `{"counted":true}`, or why not. */
export function hitAnswer(outcome: Outcome): string {
  return outcome === 'counted' ? COUNTED : `{"counted":false,"reason":"${outcome}"}`;
}
