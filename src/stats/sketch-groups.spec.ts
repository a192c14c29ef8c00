import { describe, expect, it } from '@jest/globals';
import { Sketch } from '../sketch/sketch.js';
import { mergeGroups, ownKey } from './sketch-groups.js';

/** A sketch of people, each a distinct register so that small counts are exact. */
function sketchOf(...people: number[]): Sketch {
  const registers = new Uint8Array(16_384);
  for (const person of people) registers[person] = 1;
  return new Sketch(registers);
}

function day(sketches: Record<string, Sketch>): Map<string, Sketch> {
  return new Map(Object.entries(sketches));
}

const estimates = (groups: ReturnType<typeof mergeGroups>) =>
  groups.map(({ keyName, union }) => [keyName, Math.round(union.estimate())]);

describe('mergeGroups', () => {
  it('makes one group of days that share the key the window is read under', () => {
    const days = [
      day({ 'aaaaaaaa.8': sketchOf(1, 2), 'aaaaaaaa.9': sketchOf(11, 12) }),
      day({ 'aaaaaaaa.7': sketchOf(51, 53), 'aaaaaaaa.8': sketchOf(1, 3) }),
    ];
    expect(estimates(mergeGroups(days, 'aaaaaaaa.8'))).toEqual([['aaaaaaaa.8', 3]]);
  });

  it('opens a second group where the chain changed, and merges each with its own', () => {
    const days = [
      day({ 'bbbbbbbb.2': sketchOf(1) }),
      day({ 'aaaaaaaa.8': sketchOf(1, 2) }),
      day({ 'aaaaaaaa.8': sketchOf(2, 3), 'aaaaaaaa.9': sketchOf(9) }),
    ];
    expect(estimates(mergeGroups(days, 'bbbbbbbb.2'))).toEqual([
      ['bbbbbbbb.2', 1],
      ['aaaaaaaa.8', 3],
    ]);
  });

  it('reads past days under their own key when the window’s key is none of theirs', () => {
    const days = [day({ 'aaaaaaaa.10': sketchOf(1), 'aaaaaaaa.9': sketchOf(2, 3) })];
    expect(estimates(mergeGroups(days, null))).toEqual([['aaaaaaaa.9', 2]]);
    expect(estimates(mergeGroups(days, 'aaaaaaaa.4'))).toEqual([['aaaaaaaa.9', 2]]);
  });

  it('leaves out days without any sketch, and changes none of the days’ sketches', () => {
    const first = sketchOf(1);
    const days = [day({}), day({ 'aaaaaaaa.1': first }), day({ 'aaaaaaaa.1': sketchOf(2) })];
    expect(estimates(mergeGroups(days, 'aaaaaaaa.1'))).toEqual([['aaaaaaaa.1', 2]]);
    expect(Math.round(first.estimate())).toBe(1);
  });
});

describe('ownKey', () => {
  it('is the earliest epoch by number, not by text', () => {
    expect(ownKey(day({ 'a.10': sketchOf(), 'a.9': sketchOf(), 'a.11': sketchOf() }))).toBe('a.9');
    expect(ownKey(new Map())).toBeNull();
  });
});
