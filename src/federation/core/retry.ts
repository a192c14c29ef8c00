/**
 * Decorrelated jitter (Brooker, "Exponential Backoff And Jitter", 2015): each delay is drawn between the base and
 * three times the last one, so that many nodes that failed together do not come back together.
 *
 * @param lastDelayMs 0 after a success.
 * @param random Uniform in [0, 1).
 */
export function nextDelayMs(
  lastDelayMs: number,
  bounds: { baseMs: number; capMs: number },
  random: number,
): number {
  const upperMs = Math.max(bounds.baseMs, lastDelayMs * 3);
  return Math.min(bounds.capMs, Math.round(bounds.baseMs + random * (upperMs - bounds.baseMs)));
}
