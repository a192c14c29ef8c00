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
  const keys = (...reports: readonly (readonly [day: string, ...names: string[]])[]) => {
    const noted = new OtherKeys();
    for (const [day, ...names] of reports)
      noted.note({ ...{ origin: 'a', day, identity: IDENTITY }, sketches: named(...names) });
    return noted;
  };
  const named = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '']));
  const TODAY = '2026-11-22';
  const OURS = 'aaaaaaaa.4';
  const IDENTITY = 'ip-ua/1';

  it('are those of another chain, whatever their epoch', () => {
    expect(keys([TODAY, 'bbbbbbbb.4']).on(TODAY, OURS, IDENTITY)).toEqual(['a']);
    expect(keys([TODAY, 'aaaaaaaa.4']).on(TODAY, OURS, IDENTITY)).toEqual([]);
    expect(keys([TODAY, 'aaaaaaaa.5', 'bbbbbbbb.4']).on(TODAY, OURS, IDENTITY)).toEqual([]);
  });

  it('are as good as another identity scheme under our own key', () => {
    const noted = keys();
    noted.note({ origin: 'a', day: TODAY, identity: 'cookie/9', sketches: named(OURS) });
    expect(noted.on(TODAY, OURS, IDENTITY)).toEqual(['a']);
    expect(noted.on(TODAY, OURS, 'cookie/9')).toEqual([]);
  });

  it('are over when the node reports under ours, not when it sends no sketch', () => {
    expect(keys([TODAY, 'bbbbbbbb.4'], [TODAY]).on(TODAY, OURS, IDENTITY)).toEqual(['a']);
    expect(keys([TODAY, 'bbbbbbbb.4'], [TODAY, 'aaaaaaaa.4']).on(TODAY, OURS, IDENTITY)).toEqual([]);
  });

  it('are not those of a chain that this node hears of after the report', () => {
    const noted = keys([TODAY, 'bbbbbbbb.4']);
    expect(noted.on(TODAY, OURS, IDENTITY)).toEqual(['a']);
    expect(noted.on(TODAY, 'bbbbbbbb.4', IDENTITY)).toEqual([]);
  });

  it('stand as they did until the first report of a new day', () => {
    const noted = keys(['2026-11-21', 'bbbbbbbb.4']);
    expect(noted.on('2026-11-21', OURS, IDENTITY)).toEqual(['a']);
    expect(noted.on(TODAY, 'cccccccc.5', IDENTITY)).toEqual(['a']);
    const calm = keys(['2026-11-21', 'aaaaaaaa.4']);
    expect(calm.on(TODAY, 'cccccccc.5', IDENTITY)).toEqual([]);
  });
});
