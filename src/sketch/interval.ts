import { REGISTER_COUNT } from './sketch.js';

/** Standard error of the estimate for many ids, 1.04 / sqrt(16384) = 0.8125 % (Flajolet 2007). */
const ASYMPTOTIC_ERROR = 1.04 / Math.sqrt(REGISTER_COUNT);
/** 95 % of a normal distribution lie within so many standard deviations. */
const SIGMAS = 1.96;

/**
 * The estimate's relative standard error for a true count of about n. While registers are still empty, only ids that
 * share one are uncertain, and the error is that of linear counting (Whang, Vander-Zanden, Taylor 1990):
 * sqrt(m (e^t − t − 1)) / n with t = n / m, which begins at 0.55 %.
 */
export function relativeError(n: number): number {
  if (n <= 0) return 0;
  const t = n / REGISTER_COUNT;
  if (t > 3) return ASYMPTOTIC_ERROR;
  // For small t the difference cancels; its series is t²/2 + t³/6 + …
  const spread = t < 1e-3 ? t * t * (0.5 + t / 6) : Math.expm1(t) - t;
  return Math.min(ASYMPTOTIC_ERROR, Math.sqrt(REGISTER_COUNT * spread) / n);
}

/** The whole numbers between which the true count lies with 95 % probability, given honest registers. */
export function interval95(estimate: number): { low: number; high: number } {
  const margin = SIGMAS * relativeError(estimate) * estimate;
  const nearest = Math.round(estimate);
  return {
    low: Math.max(0, Math.min(nearest, Math.ceil(estimate - margin))),
    high: Math.max(nearest, Math.floor(estimate + margin)),
  };
}
