import { describe, it } from '@jest/globals';
import { run } from './run.js';

/** `npm run sim -- 42` replays one seed, `npm run sim -- 1000-3000` runs many. */
const [, from = '1', to] = /^(\d+)(?:-(\d+))?$/.exec(process.env.SIM_SEEDS ?? '1-100') ?? [];
const LAST = Number(to ?? from);

describe('any federation', () => {
  it(`keeps its promises, seeds ${from} to ${LAST}`, async () => {
    for (let seed = Number(from); seed <= LAST; seed++) await run(seed);
  }, 3_600_000);
});
