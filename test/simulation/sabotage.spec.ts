import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Outcome, Pool } from './pool.js';
import { SABOTAGES } from './sabotages.js';

const SEEDS_MAX = 40;

describe('the simulation finds a node that', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool();
  });
  afterAll(() => pool.close());

  it.each(Object.keys(SABOTAGES))(
    '%s',
    async (sabotage) => {
      let found: Outcome | null = null;
      for (let seed = 1; seed <= SEEDS_MAX && !found; seed += pool.size) {
        const jobs = Array.from({ length: pool.size }, (_, index) => ({ seed: seed + index, sabotage }));
        const outcomes = await Promise.all(jobs.map((job) => pool.run(job)));
        found = outcomes.find(({ failure }) => failure !== null) ?? null;
      }
      expect(found?.failure?.name).toBe('Violation');
      expect(found?.failure?.story).toContain(`npm run sim -- ${found?.seed}`);
    },
    300_000,
  );
});
