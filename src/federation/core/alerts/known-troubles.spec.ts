import { describe, expect, it } from '@jest/globals';
import { isoSeconds } from '../../../clock/day.js';
import { defaultAlertThresholds } from './alert.js';
import { type KnownState, knownTroubles } from './known-troubles.js';
import { OtherKeys } from './other-keys.js';

const NOW_MS = Date.parse('2026-11-22T14:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function troublesOf(state: Partial<KnownState>) {
  const calm: KnownState = {
    ...{ peers: [{ nodeId: 'a', status: 'active' }], hasClone: false, otherKeys: [], nowMs: NOW_MS },
    exchanges: [{ nodeId: 'a', breaker: 'closed', answersAsOther: false }],
    clockOffsets: new Map([['a', -59_000]]),
    rows: [{ node: 'a', lastReportAt: isoSeconds(NOW_MS - 20 * HOUR_MS) }],
    rosterExpiresAt: isoSeconds(NOW_MS + 7 * DAY_MS),
  };
  return knownTroubles({ ...calm, ...state }, defaultAlertThresholds).map(
    ({ name, node, measured }) => `${name} ${node} ${measured}`,
  );
}

describe('what a node knows of itself and others', () => {
  it('raises no alert while all is well', () => {
    expect(troublesOf({})).toEqual([]);
    expect(troublesOf({ rows: [{ node: 'new', lastReportAt: null }] })).toEqual([]);
    expect(troublesOf({ rosterExpiresAt: null })).toEqual([]);
  });

  it('does not speak of the keys of a node that is out', () => {
    expect(troublesOf({ otherKeys: ['a'], peers: [{ nodeId: 'a', status: 'removed' }] })).toEqual([]);
  });

  it.each<[string, Partial<KnownState>]>([
    ['clone null null', { hasClone: true }],
    ['quarantine a null', { peers: [{ nodeId: 'a', status: 'quarantined' }] }],
    ['key-mismatch a null', { exchanges: [{ nodeId: 'a', breaker: 'closed', answersAsOther: true }] }],
    ['breaker-open a null', { exchanges: [{ nodeId: 'a', breaker: 'half-open', answersAsOther: false }] }],
    ['other-key a null', { otherKeys: ['a'] }],
    ['clock-offset a 61', { clockOffsets: new Map([['a', -61_000]]) }],
    ['stale a 25', { rows: [{ node: 'a', lastReportAt: isoSeconds(NOW_MS - 25 * HOUR_MS) }] }],
    ['roster-expiring null 6', { rosterExpiresAt: isoSeconds(NOW_MS + 7 * DAY_MS - 1000) }],
    ['roster-expiring null 0', { rosterExpiresAt: isoSeconds(NOW_MS) }],
    ['roster-expired null null', { rosterExpiresAt: isoSeconds(NOW_MS - 1000) }],
  ])('raises %s', (alert, state) => {
    expect(troublesOf(state)).toEqual([alert]);
  });
});

describe('other keys', () => {
  const noted = (...names: readonly string[][]) => {
    const keys = new OtherKeys();
    for (const ofReport of names)
      keys.note(
        { origin: 'a', sketches: Object.fromEntries(ofReport.map((name) => [name, ''])) },
        'aaaaaaaa.4',
      );
    return [...keys];
  };

  it('are those of another chain, whatever their epoch', () => {
    expect(noted(['bbbbbbbb.4'])).toEqual(['a']);
    expect(noted(['aaaaaaaa.4'])).toEqual([]);
    expect(noted(['aaaaaaaa.5', 'bbbbbbbb.4'])).toEqual([]);
  });

  it('are over when the node reports under ours, not when it sends no sketch', () => {
    expect(noted(['bbbbbbbb.4'], [])).toEqual(['a']);
    expect(noted(['bbbbbbbb.4'], ['aaaaaaaa.4'])).toEqual([]);
  });
});
