import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from './pool.js';

const SEEDS = 1000;
/** Relays that offered no more, or not soon enough, what the hub above takes again or has forgotten with a backup. */
const ONCE_FAILED = [5062, 9841, 17_647, 19_669];
const AGAIN = [1, 2, 3, 5, 8, 13, 21, 34];

describe('any federation', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool();
  });
  afterAll(() => pool.close());

  it('ends the same way from the same seed, whichever process runs it and whatever ran before', async () => {
    const hashes = new Map<number, (string | null)[]>();
    await pool.runAll(
      [...AGAIN, ...[...AGAIN].reverse()].map((seed) => ({ seed })),
      ({ seed, hash }) => {
        hashes.set(seed, [...(hashes.get(seed) ?? []), hash]);
      },
    );
    for (const [first, second] of hashes.values()) expect(second).toBe(first);
    expect(new Set([...hashes.values()].flat()).size).toBe(AGAIN.length);
  }, 600_000);

  it(`keeps its promises, seeds 1 to ${SEEDS} and some that failed once`, async () => {
    const stories: string[] = [];
    await pool.runAll(
      [...Array.from({ length: SEEDS }, (_, index) => index + 1), ...ONCE_FAILED].map((seed) => ({ seed })),
      ({ failure }) => {
        if (failure) stories.push(failure.story);
      },
    );
    expect(stories.join('\n')).toBe('');
  }, 900_000);
});
