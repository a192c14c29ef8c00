import { decodeHyll, encodeHyll, HyllError } from '../../sketch/hyll.js';
import { Sketch } from '../../sketch/sketch.js';
import { type SketchName, StoreUnavailableError } from '../count-store.js';
import { raise, raiseAgain } from './raised-registers.js';

/** A sketch as it is kept: its HYLL bytes, null before the first, and what was raised since they were written. */
export interface StoredSketch {
  hyll: Uint8Array | null;
  raised: readonly Uint8Array[];
}

/** Today's two, the hour's, all-time, and as many more as an import of a month touches. 16 kB each. */
const HOT_MAX = 160;

/** Decoded sketches of the names written lately, least recently used first. */
export class HotSketches {
  private readonly hot = new Map<SketchName, Sketch>();

  constructor(private readonly read: (name: SketchName) => StoredSketch) {}

  /** Adds the ids and answers the registers that rose, to be noted; null when none did. */
  raise(name: SketchName, ids: readonly Uint8Array[]): Uint8Array | null {
    return raise(this.take(name), ids);
  }

  /** Raises each register to the other's. Answers whether any rose. */
  merge(name: SketchName, other: Sketch): boolean {
    return this.take(name).merge(other);
  }

  /** The whole sketch, to be written. */
  encode(name: SketchName): Uint8Array {
    return encodeHyll(this.take(name));
  }

  /** A copy; null when neither memory nor store has it. */
  copy(name: SketchName): Sketch | null {
    return this.hot.get(name)?.clone() ?? this.load(name);
  }

  /** What was not written must not stay: the store is asked again. */
  forget(names: Iterable<SketchName>): void {
    for (const name of names) this.hot.delete(name);
  }

  private take(name: SketchName): Sketch {
    const sketch = this.hot.get(name) ?? this.load(name) ?? new Sketch();
    this.hot.delete(name);
    this.hot.set(name, sketch);
    const [oldest] = this.hot.keys();
    if (this.hot.size > HOT_MAX && oldest !== undefined) this.hot.delete(oldest);
    return sketch;
  }

  private load(name: SketchName): Sketch | null {
    const { hyll, raised } = this.read(name);
    if (hyll === null && raised.length === 0) return null;
    const sketch = hyll === null ? new Sketch() : decodeKept(name, hyll);
    for (const entries of raised) raiseAgain(sketch, entries);
    return sketch;
  }
}

/** SQLite keeps no checksums: a disk that gives back other bytes than it was given shows here. */
function decodeKept(name: SketchName, hyll: Uint8Array): Sketch {
  try {
    return decodeHyll(hyll);
  } catch (error) {
    if (!(error instanceof HyllError)) throw error;
    throw new StoreUnavailableError(`the sketch ${name} is damaged (${error.reason}): restore a backup`, {
      cause: error,
    });
  }
}
