import { describe, expect, it } from '@jest/globals';
import { settle } from '../../src/storage/ledger-slots.js';
import { acceptanceModel, type Bounds, type Rules, rules, type State } from './acceptance-model.js';
import { search } from './state-space.js';

const STATES_MAX = 300_000;
const ORIGIN: Bounds = { ticks: 4, people: 2, restores: 2, liarSeqs: 0, hasTwin: false };
const LIAR: Bounds = { ticks: 1, people: 0, restores: 0, liarSeqs: 3, hasTwin: false };
const TWIN: Bounds = { ticks: 3, people: 2, restores: 0, liarSeqs: 0, hasTwin: true };
const BOTH: Bounds = { ticks: 3, people: 1, restores: 1, liarSeqs: 1, hasTwin: false };

describe('in every state that can be reached the rules hold', () => {
  it.each([
    ['for an honest origin that is restored from any backup, twice', ORIGIN, 15_000],
    ['for a liar, whatever a person decides', LIAR, 6_000],
    ['for two copies of an origin', TWIN, 4_000],
    ['for an honest origin beside a liar', BOTH, 20_000],
  ])('%s', (_what, bounds, statesMin) => {
    const { states, violation } = search(acceptanceModel(bounds, rules), STATES_MAX);
    expect(violation).toBeNull();
    expect(states.length).toBeGreaterThan(statesMin);
  });

  it('and nothing of an honest origin depends on what a liar says', () => {
    const alone = search(acceptanceModel({ ...BOTH, liarSeqs: 0 }, rules), STATES_MAX);
    const beside = search(acceptanceModel(BOTH, rules), STATES_MAX);
    const worlds = (states: readonly State[]) => new Set(states.map(withoutLiar));
    expect(worlds(beside.states)).toEqual(worlds(alone.states));
  });
});

function withoutLiar({ aOfC: _aOfC, bOfC: _bOfC, ...rest }: State): string {
  return JSON.stringify(rest);
}

const MUTATIONS: [what: string, bounds: Bounds, broken: Partial<Rules>, violation: RegExp][] = [
  [
    'puts the report that came last on top',
    LIAR,
    { compare: () => 'new', settle: (_standing, arriving) => [arriving] },
    /different reports/,
  ],
  [
    'takes another report of a number for the same one',
    LIAR,
    { compare: (arriving, newest) => (newest && arriving.seq <= newest.seq ? 'same' : 'new') },
    /different reports/,
  ],
  ['counts what a rule holds', LIAR, { isHeld: () => false }, /a held report counts/],
  ['takes reports of whoever is in quarantine', LIAR, { heedsStatus: false }, /took a report/],
  ['knows a proof and does not act on it', LIAR, { quarantines: false }, /different reports/],
  ['keeps proofs to itself', LIAR, { spreadsProofs: false }, /only one of two/],
  ['relays nothing', LIAR, { relays: false }, /different reports/],
  [
    'numbers reports after the last one, not after the clock',
    ORIGIN,
    { seqAfter: (last) => last + 1 },
    /one number/,
  ],
  ['reports anew after a restoration without taking back', ORIGIN, { takesBack: false }, /does not count/],
  ['counts a report of fewer people', ORIGIN, { isHeld: () => false }, /are gone/],
  [
    'takes what it had itself forgotten for a clone’s',
    ORIGIN,
    { isOfClone: () => true },
    /takes itself for a copy/,
  ],
  ['does not find out about a clone', TWIN, { isOfClone: () => false }, /nobody finds out/],
  ['keeps only one report of a day', ORIGIN, { settle: (...all) => settle(...all).slice(-1) }, /are gone/],
];

describe('the search finds a node that', () => {
  it.each(MUTATIONS)('%s', (_what, bounds, broken, violation) => {
    const found = search(acceptanceModel(bounds, { ...rules, ...broken }), STATES_MAX);
    expect(found.violation?.what).toMatch(violation);
    expect(found.violation?.steps).not.toHaveLength(0);
  });
});
