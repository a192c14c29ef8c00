import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/** Registers that nobody's hashed visitors leave behind. */
export function notHashLike({ report, sketchOf }: Evidence, { fitProbability }: Thresholds): Finding | null {
  for (const digest of new Set(Object.values(report.sketches))) {
    const sketch = sketchOf(digest);
    if (!sketch) continue;
    const { probability } = sketch.fit();
    if (probability < fitProbability)
      return { rule: 'not-hash-like', measured: probability, threshold: fitProbability };
  }
  return null;
}
