import { describe, expect, it } from '@jest/globals';
import type { OriginView } from '../../../src/federation/origin-view.js';
import { matching, sortedOrigins } from './origin-order.js';

function origin(name: string, estimate: number | null): OriginView {
  const figures = { estimate: estimate ?? 0, low: 0, high: 0, share: null, marginal: null };
  return {
    ...{ node: `${name}-node`, name, role: 'member', status: 'active', software: null, privacy: null },
    windows: estimate === null ? null : { '1d': figures, '7d': figures, '30d': figures, all: figures },
    ...{
      trend: [],
      newestReport: null,
      lastSeenAt: null,
      lastError: null,
      exchange: null,
      clockOffsetMs: null,
    },
    ...{ held: [], rulings: [] },
  } as OriginView;
}

const names = (origins: readonly OriginView[]) => origins.map(({ name }) => name);
const some = [origin('b', 5), origin('A', null), origin('c', 70)];

describe('origins', () => {
  it('are sorted either way, and those without a figure come last in both', () => {
    expect(names(sortedOrigins(some, 'people', true, '30d'))).toEqual(['c', 'b', 'A']);
    expect(names(sortedOrigins(some, 'people', false, '30d'))).toEqual(['b', 'c', 'A']);
    expect(names(sortedOrigins(some, 'name', false, '30d'))).toEqual(['A', 'b', 'c']);
  });

  it('are found by a part of the name or the beginning of the id', () => {
    expect(names(matching(some, ' a '))).toEqual(['A']);
    expect(names(matching(some, 'c-n'))).toEqual(['c']);
    expect(matching(some, '')).toHaveLength(3);
  });
});
