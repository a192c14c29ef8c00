import { decodeHyll, encodeDenseHyll, encodeHyll } from '../../sketch/hyll.js';
import { Sketch } from '../../sketch/sketch.js';
import type { SketchName } from '../count-store.js';

interface HotSketch {
  sketch: Sketch;
  /** Written in the dense form from now on: it has grown beyond where sparse pays, and dense is written faster. */
  isDense: boolean;
}

/** Today's two, the hour's, all-time, and as many more as an import of a month touches. 16 kB each. */
const HOT_MAX = 160;
const DENSE_FROM_BYTES = 6_000;

/** Decoded sketches of the names written lately, least recently used first. */
export class HotSketches {
  private readonly hot = new Map<SketchName, HotSketch>();

  /** @param read The stored HYLL bytes; null when there are none. */
  constructor(private readonly read: (name: SketchName) => Uint8Array | null) {}

  /** Adds the ids and answers the bytes to write; null when no register rose. */
  raise(name: SketchName, ids: readonly Uint8Array[]): Uint8Array | null {
    const hot = this.take(name);
    let rose = false;
    for (const id of ids) rose = hot.sketch.add(id) || rose;
    return rose ? encode(hot) : null;
  }

  /** The same for a whole sketch. */
  merge(name: SketchName, other: Sketch): Uint8Array | null {
    const hot = this.take(name);
    return hot.sketch.merge(other) ? encode(hot) : null;
  }

  /** A copy; null when neither memory nor store has it. */
  copy(name: SketchName): Sketch | null {
    const hot = this.hot.get(name);
    if (hot) return hot.sketch.clone();
    const bytes = this.read(name);
    return bytes && decodeHyll(bytes);
  }

  /** What was not written must not stay: the store is asked again. */
  forget(names: Iterable<SketchName>): void {
    for (const name of names) this.hot.delete(name);
  }

  private take(name: SketchName): HotSketch {
    const known = this.hot.get(name) ?? this.load(name);
    this.hot.delete(name);
    this.hot.set(name, known);
    const [oldest] = this.hot.keys();
    if (this.hot.size > HOT_MAX && oldest !== undefined) this.hot.delete(oldest);
    return known;
  }

  private load(name: SketchName): HotSketch {
    const bytes = this.read(name);
    if (!bytes) return { sketch: new Sketch(), isDense: false };
    return { sketch: decodeHyll(bytes), isDense: bytes.length > DENSE_FROM_BYTES };
  }
}

function encode(hot: HotSketch): Uint8Array {
  if (hot.isDense) return encodeDenseHyll(hot.sketch);
  const bytes = encodeHyll(hot.sketch);
  hot.isDense = bytes.length > DENSE_FROM_BYTES;
  return bytes;
}
