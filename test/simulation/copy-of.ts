import { Sketch } from '../../src/sketch/sketch.js';

/** A copy of what a store holds: what happens to the one does not happen to the other. Reports are values, clocks are shared. */
export function copyOf<T>(value: T): T {
  if (value === null || typeof value !== 'object' || isShared(value)) return value;
  return copyOfObject(value) as T;
}

function copyOfObject(value: object): object {
  if (value instanceof Sketch) return value.clone();
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copyOf(one)]));
  if (Array.isArray(value)) return value.map(copyOf);
  const copy = Object.create(Object.getPrototypeOf(value));
  for (const [name, one] of Object.entries(value)) copy[name] = copyOf(one);
  return copy;
}

function isShared(value: object): boolean {
  return 'nowMs' in value || ('envelope' in value && 'report' in value);
}
