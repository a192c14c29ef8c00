/** An estimate with its interval, as far as both are known. */
export interface Uncertain {
  estimate: number | null;
  low: number;
  high: number;
}

/** The same, no finer than its error: `12304, 12098–12510` becomes `12300, 12000–12600`. */
export function rounded({ estimate, low, high }: Uncertain): Uncertain {
  const step = stepOf(high - low);
  return {
    estimate: estimate === null ? null : Math.round(estimate / step) * step,
    low: Math.floor(low / step) * step,
    high: Math.ceil(high / step) * step,
  };
}

/** A power of ten of which at least three fit into the width. */
function stepOf(width: number): number {
  return width < 3 ? 1 : 10 ** Math.floor(Math.log10(width / 3));
}
