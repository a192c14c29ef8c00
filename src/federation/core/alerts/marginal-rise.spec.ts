import { describe, expect, it } from '@jest/globals';
import { addDays } from '../../../clock/day.js';
import type { InstanceRow, Total } from '../total-figures.js';
import { marginalRises, marginalShares, type ShareHistory, withDay } from './marginal-rise.js';

const TODAY = '2026-11-22';

/** By node, the shares of the last days; the last one is today's. */
function historyOf(shares: Record<string, readonly number[]>): ShareHistory {
  const days = Math.max(...Object.values(shares).map((ofNode) => ofNode.length));
  let history: ShareHistory = {};
  for (let at = 0; at < days; at++) {
    const today = Object.entries(shares).flatMap(([node, ofNode]) => {
      const share = ofNode[ofNode.length - days + at];
      return share === undefined ? [] : [[node, share]];
    });
    history = withDay(history, addDays(TODAY, at + 1 - days), Object.fromEntries(today));
  }
  return history;
}

const risesOf = (shares: Record<string, readonly number[]>) => marginalRises(historyOf(shares), TODAY, 0.25);

describe('a marginal share that rises', () => {
  it('by a quarter of the total within four weeks raises an alert', () => {
    expect(risesOf({ liar: [0.05, 0.1, 0.2, 0.31], other: [0.9, 0.8, 0.7, 0.6] })).toEqual([
      { name: 'marginal-rise', node: 'liar', other: null, measured: 0.31 - 0.05, threshold: 0.25 },
    ]);
  });

  it('more slowly raises none, nor does one that was always large', () => {
    expect(risesOf({ climber: Array.from({ length: 29 }, (_, day) => 0.009 * day) })).toHaveLength(1);
    const slow = Array.from({ length: 60 }, (_, day) => 0.008 * day);
    expect(risesOf({ slow, large: slow.map(() => 0.6) })).toEqual([]);
  });

  it('says nothing while there is no earlier day to compare with', () => {
    expect(risesOf({ first: [1] })).toEqual([]);
  });

  it('of many newcomers together raises an alert, although each has little', () => {
    const newcomers = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`new ${at}`, [0.01]]));
    const old = { old: [1, 1, 1, 0.5] };
    expect(risesOf({ ...old, ...newcomers })).toMatchObject([
      { name: 'newcomers-rise', node: null, measured: expect.closeTo(0.5) },
    ]);
  });

  it('of honest newcomers and weekends raises none', () => {
    const few = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`new ${at}`, [0.02, 0.02]]));
    const weekend = [0.3, 0.3, 0.3, 0.3, 0.3, 0.2, 0.2, 0.3];
    expect(risesOf({ weekend, other: weekend.map((share) => 0.9 - share), ...few })).toEqual([]);
  });
});

describe('the shares of a day', () => {
  const total = (estimate: number | null) => ({ windows: { '30d': { uniques: { estimate } } } }) as Total;
  const row = (node: string, marginal: number | null) =>
    ({ node, windows: { '30d': { marginal } } }) as InstanceRow;

  it('are of the total, without those that are too small to matter', () => {
    const rows = [row('a', 500), row('b', 1), row('c', null)];
    expect(marginalShares(rows, total(2000))).toEqual({ a: 0.25 });
    expect(marginalShares(rows, total(null))).toEqual({});
    expect(marginalShares(rows, total(0))).toEqual({});
  });

  it('are kept for four weeks', () => {
    const history = historyOf({ a: Array.from({ length: 40 }, () => 0.1) });
    expect(Object.keys(history).sort()).toHaveLength(29);
    expect(history[addDays(TODAY, -28)]).toEqual({ a: 0.1 });
  });
});
