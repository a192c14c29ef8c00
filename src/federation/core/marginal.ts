import { REGISTER_COUNT, Sketch } from '../../sketch/sketch.js';

export interface OwnedSketch {
  owner: string;
  sketch: Sketch;
}

export interface MarginalContributions {
  union: Sketch;
  /** By owner: the estimate of the union without that owner's sketch. */
  without: ReadonlyMap<string, number>;
}

/**
 * The union of all sketches, and what it would be without each of them, in one pass: per register the largest
 * rank, whose it is, and the second largest. Taking an owner away lowers just the registers that it alone holds
 * up; a register that two hold up belongs to nobody.
 */
export function marginalContributions(parts: readonly OwnedSketch[]): MarginalContributions {
  const largest = new Uint8Array(REGISTER_COUNT);
  const second = new Uint8Array(REGISTER_COUNT);
  const holder = new Int32Array(REGISTER_COUNT).fill(-1);
  parts.forEach(({ sketch }, part) => {
    raise(sketch.registers, part, largest, second, holder);
  });
  const union = new Sketch(largest);
  const without = new Map<string, number>();
  const held = registersByHolder(holder, parts.length);
  parts.forEach(({ owner }, part) => {
    without.set(owner, estimateWithout(largest, second, held[part] ?? []));
  });
  return { union, without };
}

function raise(
  registers: Uint8Array,
  part: number,
  largest: Uint8Array,
  second: Uint8Array,
  holder: Int32Array,
): void {
  for (let index = 0; index < REGISTER_COUNT; index++) {
    const rank = registers[index]!;
    if (rank > largest[index]!) {
      second[index] = largest[index]!;
      largest[index] = rank;
      holder[index] = part;
    } else if (rank > second[index]!) {
      second[index] = rank;
    }
  }
}

function registersByHolder(holder: Int32Array, partCount: number): number[][] {
  const held: number[][] = Array.from({ length: partCount }, () => []);
  holder.forEach((part, index) => {
    if (part >= 0) held[part]!.push(index);
  });
  return held;
}

function estimateWithout(largest: Uint8Array, second: Uint8Array, indices: readonly number[]): number {
  const registers = largest.slice();
  for (const index of indices) registers[index] = second[index]!;
  return new Sketch(registers).estimate();
}
