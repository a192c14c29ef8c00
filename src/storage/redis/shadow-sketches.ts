import { Sketch } from '../../sketch/sketch.js';
import type { SketchName } from '../count-store.js';

/** 16 kB each. */
const SHADOWS_MAX = 160;

/**
 * What this process has already given to Redis, sketch by sketch: an id that raises no register here raises none
 * there. At a million visitors a day only one new visitor in thirty has to be sent.
 */
export class ShadowSketches {
  private readonly shadows = new Map<SketchName, Sketch>();

  /** Those of the ids that may raise a register. They count as given from now on. */
  raising(name: SketchName, ids: readonly Uint8Array[]): Uint8Array[] {
    const shadow = this.take(name);
    return ids.filter((id) => shadow.add(id));
  }

  /** After any failure nobody knows what Redis has. */
  forgetAll(): void {
    this.shadows.clear();
  }

  forget(name: SketchName): void {
    this.shadows.delete(name);
  }

  private take(name: SketchName): Sketch {
    const shadow = this.shadows.get(name) ?? new Sketch();
    this.shadows.delete(name);
    this.shadows.set(name, shadow);
    const [oldest] = this.shadows.keys();
    if (this.shadows.size > SHADOWS_MAX && oldest !== undefined) this.shadows.delete(oldest);
    return shadow;
  }
}
