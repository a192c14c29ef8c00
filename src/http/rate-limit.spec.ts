import { describe, expect, it } from '@jest/globals';
import { RateLimit } from './rate-limit.js';

const START_MS = 1_795_305_600_000;

describe('RateLimit', () => {
  it('allows the limit and no more', () => {
    const limit = new RateLimit(3, 1);
    const allowed = Array.from({ length: 5 }, () => limit.allows('203.0.113.9', START_MS));
    expect(allowed).toEqual([true, true, true, false, false]);
    expect(limit.allows('203.0.113.10', START_MS)).toBe(true);
  });

  it('begins anew after a minute, and says when', () => {
    const limit = new RateLimit(1, 1);
    limit.allows('a', START_MS);
    expect(limit.allows('a', START_MS + 59_999)).toBe(false);
    expect(limit.retryAfterS(START_MS + 58_500)).toBe(2);
    expect(limit.retryAfterS(START_MS + 59_999)).toBe(1);
    expect(limit.allows('a', START_MS + 60_000)).toBe(true);
  });

  it('does not lock out anyone for longer when the clock is set back', () => {
    const limit = new RateLimit(1, 1);
    limit.allows('a', START_MS);
    expect(limit.allows('a', START_MS - 3_600_000)).toBe(true);
  });

  it('keeps strangers apart: among many addresses few share a slot', () => {
    const limit = new RateLimit(1, 0x9e3779b9);
    let refused = 0;
    for (let i = 0; i < 10_000; i++) if (!limit.allows(`10.1.${i >> 8}.${i & 255}`, START_MS)) refused++;
    // Balls into 131,072 bins: 372 expected, standard deviation about 19.
    expect(refused).toBeGreaterThan(270);
    expect(refused).toBeLessThan(475);
  });

  it('puts an address elsewhere under another seed', () => {
    const addresses = Array.from({ length: 2_000 }, (_, i) => `10.2.${i >> 8}.${i & 255}`);
    const refusedUnder = (seed: number) => {
      const limit = new RateLimit(1, seed);
      return addresses.filter((address) => !limit.allows(address, START_MS)).join();
    };
    expect(refusedUnder(1)).not.toBe(refusedUnder(2));
  });
});
