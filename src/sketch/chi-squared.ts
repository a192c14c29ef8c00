/**
 * How likely a chi-squared variable is to exceed `statistic`, 0..1: exact down to 1e-300, by the recurrence of the
 * incomplete gamma function, Q(a + 1, x) = Q(a, x) + x^a e^-x / Γ(a + 1) (DLMF 8.8.6).
 *
 * @param degrees Degrees of freedom, a whole number of at least 1.
 */
export function chiSquaredTail(statistic: number, degrees: number): number {
  if (statistic <= 0) return 1;
  const x = statistic / 2;
  const isEven = degrees % 2 === 0;
  let a = isEven ? 1 : 0.5;
  let tail = isEven ? Math.exp(-x) : complementaryError(Math.sqrt(x));
  // x^a e^-x / Γ(a + 1) at the first a.
  let term = isEven ? x * Math.exp(-x) : 2 * Math.sqrt(x / Math.PI) * Math.exp(-x);
  for (; a < degrees / 2; a++) {
    tail += term;
    term *= x / (a + 1);
  }
  return Math.min(1, tail);
}

/** 1 - erf(x) for x ≥ 0: the series of erf near 0 (DLMF 7.6.2), else the continued fraction (DLMF 7.9.1). */
function complementaryError(x: number): number {
  const square = x * x;
  if (x < 2) {
    let sum = 0;
    let term = x;
    for (let n = 0; term > sum * 1e-17; n++) {
      sum += term;
      term *= (2 * square) / (2 * n + 3);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  }
  let fraction = 0;
  for (let n = FRACTION_TERMS; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-square) / (Math.sqrt(Math.PI) * (x + fraction));
}

const FRACTION_TERMS = 60;
