/** 512 kB, whatever the number of callers. */
const SLOTS = 1 << 17;
const WINDOW_MS = 60_000;

/**
 * How many hits each address may send in a minute, at the same small cost for each hit: a table of counters,
 * a slot for each address by its hash, emptied every minute. No memory is taken for an address and nothing is
 * ever searched. Two addresses may share a slot and then share its limit: with 1,000 addresses at their limit,
 * a stranger has a chance of 1 in 130 to be refused too. The seed keeps anyone from choosing whom to share with.
 */
export class RateLimit {
  private readonly counts = new Uint32Array(SLOTS);
  private windowEndMs = 0;

  /** `seed` is 32 random bits. */
  constructor(
    private readonly hitsPerMinute: number,
    private readonly seed: number,
  ) {}

  /** Another table under the same seed. */
  withLimit(hitsPerMinute: number): RateLimit {
    return new RateLimit(hitsPerMinute, this.seed);
  }

  /** Counts one hit of this caller and says whether it is within the limit. */
  allows(caller: string, nowMs: number): boolean {
    if (nowMs >= this.windowEndMs || nowMs < this.windowEndMs - WINDOW_MS) this.begin(nowMs);
    const slot = this.slotOf(caller);
    const count = this.counts[slot]!;
    if (count >= this.hitsPerMinute) return false;
    this.counts[slot] = count + 1;
    return true;
  }

  /** Whole seconds until the counters are emptied, at least 1. */
  retryAfterS(nowMs: number): number {
    return Math.max(1, Math.ceil((this.windowEndMs - nowMs) / 1000));
  }

  private begin(nowMs: number): void {
    this.counts.fill(0);
    this.windowEndMs = nowMs + WINDOW_MS;
  }

  /** FNV-1a from a secret start, then the last mixing of MurmurHash3. */
  private slotOf(caller: string): number {
    let hash = this.seed;
    for (let i = 0; i < caller.length; i++) hash = Math.imul(hash ^ caller.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
