import { describe, expect, it } from '@jest/globals';
import { givesWay } from './giving-way.js';

const waiting = (nodeId: string, place: string | null, heardMs: number) => ({ nodeId, place, heardMs });

describe('who gives way', () => {
  it('is of the place with most requests, and not heard of for longest there', () => {
    const all = [waiting('alone', 'x', 1), waiting('late', 'y', 3), waiting('early', 'y', 2)];
    expect(givesWay(all, 'z')).toBe('early');
  });

  it('is of the place of the new one, where that makes it the largest', () => {
    const all = [waiting('a', 'x', 1), waiting('b', 'y', 2)];
    expect(givesWay(all, 'y')).toBe('b');
    expect(givesWay(all, 'z')).toBe('a');
  });

  it('is of those whose place nobody knows, where these are most', () => {
    const all = [waiting('known', 'x', 1), waiting('late', null, 3), waiting('early', null, 2)];
    expect(givesWay(all, 'z')).toBe('early');
  });
});
