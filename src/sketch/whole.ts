/** Figures stay integers that JSON can carry (RFC 7493), whatever a forged sketch claims: at most 2^53 − 1. */
export function whole(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(value));
}
