import { describe, expect, it } from '@jest/globals';
import { FALSE_CLAIMS, falseClaims, forgedDays } from './attack-run.js';
import { COPIES, pairsOf, SHARING_SITES } from './copies.js';
import { FAINT_FORGERIES, FORGERIES } from './forgeries.js';
import { falseAlerts } from './honest-federation.js';
import { addedUp, honestSite } from './honest-run.js';
import { claimsBelowTheCap, liarsIn } from './patient-liars.js';
import { REPLAYS, replayed } from './replays.js';
import { SeededNumbers } from './seeded-numbers.js';

// A small part of `npm run bench:attacks`, whose table is in docs/BENCHMARKS.md.

describe('honest sites', () => {
  it('of all sizes report sixty days without being held for how their registers look', async () => {
    const outcomes = [];
    for (const rank of [5000, 9999]) outcomes.push(await honestSite(rank, new SeededNumbers(rank)));
    const { reports, held } = addedUp(outcomes);
    expect(reports).toBeGreaterThan(100);
    expect(Object.fromEntries(held)).toEqual({});
  });
});

describe('forged registers', () => {
  it.each(FORGERIES.map((forgery) => [`${forgery.kind}: ${forgery.name}`, forgery] as const))(
    'are held: %s',
    async (_name, forgery) => {
      const { held, trials } = await forgedDays(forgery, 15_000, 1, new SeededNumbers(7));
      expect(held.get('not-hash-like')).toBe(trials);
    },
  );

  it.each(FAINT_FORGERIES.map((forgery) => [forgery.name, forgery] as const))(
    'are held, or claim less than a quarter more: %s',
    async (_name, forgery) => {
      for (const people of [2000, 20_000, 200_000]) {
        const { held, claimed } = await forgedDays(forgery, people, 1, new SeededNumbers(7));
        if (held.size === 0) expect(claimed).toBeLessThan(1.25);
        else expect([...held.keys()]).toEqual(['not-hash-like']);
      }
    },
  );

  it('are those of more people, and no registers tell, where a full sketch is shifted', async () => {
    const shifted = FORGERIES.find(({ name }) => name === 'every register by 1')!;
    const { held, claimed } = await forgedDays(shifted, 200_000, 1, new SeededNumbers(7));
    expect(held.size).toBe(0);
    expect(claimed).toBeCloseTo(2, 1);
  });
});

describe('false claims', () => {
  it.each(FALSE_CLAIMS.map((claim) => [claim.name, claim] as const))('are held: %s', async (_name, claim) => {
    const { held, trials } = await falseClaims(claim, 15_000, 1, new SeededNumbers(7));
    expect([...held.values()].reduce((sum, count) => sum + count, 0)).toBe(trials);
  });
});

describe('replayed reports', () => {
  it.each(REPLAYS.map((replay) => [replay.name, replay] as const))(
    'change nothing: %s',
    async (_name, replay) => {
      const { answers, changed } = await replayed(replay, 2, new SeededNumbers(7));
      expect([...answers]).toEqual([[replay.reason, 2]]);
      expect(changed).toBe(0);
    },
  );
});

describe('copied sketches', () => {
  it.each([
    ['are told of', COPIES[0]!, 3],
    ['add what was added to them, which nobody is told of', COPIES[2]!, 0],
    ['are not those of sites that share most of their people', SHARING_SITES[2]!, 0],
  ])('%s', (_name, pair, told) => {
    const outcome = pairsOf(pair, 20_000, 3, new SeededNumbers(7));
    expect(outcome.told).toBe(told);
    expect(outcome.union).toBeCloseTo(1 + pair.more, 1);
  });
});

describe('honest federations', () => {
  it('seldom raise an alert, and never one about newcomers', () => {
    const { federations, raised } = falseAlerts(20, 1000, new SeededNumbers(7));
    expect(federations).toBe(50);
    expect([...raised.keys()]).toEqual(['marginal-rise']);
    expect(raised.get('marginal-rise')).toBeLessThan(10);
  });
});

describe('patient liars', () => {
  it('claim no more than the cap: ten thousand, then forty thousand, and never more', async () => {
    const claims = await claimsBelowTheCap(30, true);
    expect(Math.max(...claims.slice(0, 8))).toBe(10_000);
    expect(Math.min(...claims.slice(8))).toBeGreaterThan(38_000);
    expect(Math.max(...claims)).toBeLessThanOrEqual(40_000);
  });

  it('who climb as fast as they may raise an alert before two fifths of the total are theirs', async () => {
    const federation = { count: 1, areNew: false, honestSites: 5, honestPeople: 20_000 };
    const claims = await claimsBelowTheCap(20, true);
    const days = liarsIn(federation, claims, [...claims.keys()], new SeededNumbers(3));
    const first = days.find(({ alerts }) => alerts.length > 0)!;
    expect(first.alerts).toEqual([`marginal-rise on day ${first.day + 1}`]);
    expect(first.total).toBeLessThan(first.honest / 0.6);
  });

  it('who join together count nothing for seven days, and raise an alert when they do', () => {
    const federation = { count: 50, areNew: true, honestSites: 5, honestPeople: 3000 };
    const claims = Array.from({ length: 8 }, () => 2000);
    const [before, after] = liarsIn(federation, claims, [6, 7], new SeededNumbers(3));
    expect(before!.total).toBe(before!.honest);
    expect(before!.alerts).toEqual([]);
    expect(after!.total).toBeGreaterThan(after!.honest + 90_000);
    expect(after!.alerts).toEqual(['newcomers-rise on day 8']);
  });
});
