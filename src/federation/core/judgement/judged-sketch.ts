import { type Fit, fitOf } from '../../../sketch/register-law.js';
import { estimateOf, rankCounts, type Sketch } from '../../../sketch/sketch.js';

/** A sketch that several rules look at: its registers are counted once for all of them, and only if one asks. */
export class JudgedSketch {
  private counted: Uint32Array | null = null;

  constructor(private readonly sketch: Sketch) {}

  get registers(): Uint8Array {
    return this.sketch.registers;
  }

  estimate(): number {
    return estimateOf(this.counts());
  }

  fit(): Fit {
    return fitOf(this.sketch, this.counts());
  }

  private counts(): Uint32Array {
    this.counted ??= rankCounts(this.sketch);
    return this.counted;
  }
}
