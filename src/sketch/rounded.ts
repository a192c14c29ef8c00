/** An estimate with its interval, as far as both are known. */
export interface Uncertain {
  estimate: number | null;
  low: number;
  high: number;
}

/**
 * The same, no finer than its error: `12304, 12098–12510` becomes `12300, 12000–12600`. However wide the interval is, its
 * ends keep three digits and move outward only: `95946–475950` becomes `95900–476000`.
 */
export function rounded({ estimate, low, high }: Uncertain): Uncertain {
  const size = (high - low) / 3;
  const shownLow = inSteps(Math.floor, low, Math.min(size, low / 100));
  const shownHigh = inSteps(Math.ceil, high, Math.min(size, high / 100));
  return {
    estimate:
      estimate === null ? null : Math.max(shownLow, Math.min(shownHigh, inSteps(Math.round, estimate, size))),
    low: shownLow,
    high: shownHigh,
  };
}

/** In steps of the largest power of ten that is no more than `size`, and at least one. */
export function inSteps(round: (steps: number) => number, value: number, size: number): number {
  const step = size < 1 ? 1 : 10 ** Math.floor(Math.log10(size));
  return round(value / step) * step;
}
