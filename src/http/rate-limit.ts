/** 512 kB, whatever the number of callers. */
const SLOTS = 1 << 17;
const MINUTE_MS = 60_000;

/**
 * How often each caller may do something in a window of time, at the same small cost each time: a table of counters,
 * a slot for each caller by its hash, emptied when the window ends. No memory is taken for a caller and nothing is
 * ever searched. Two callers may share a slot and then share its limit: with 1,000 callers at their limit,
 * a stranger has a chance of 1 in 130 to be refused too. The seed keeps anyone from choosing whom to share with.
 */
export class RateLimit {
  private readonly counts = new Uint32Array(SLOTS);
  private windowEndMs = 0;

  /** `seed` is 32 random bits. */
  constructor(
    private readonly most: number,
    private readonly seed: number,
    private readonly windowMs: number = MINUTE_MS,
  ) {}

  /** Another table under the same seed. */
  withLimit(most: number): RateLimit {
    return new RateLimit(most, this.seed, this.windowMs);
  }

  /** Counts one time of this caller and says whether it is within the limit. */
  allows(caller: string, nowMs: number): boolean {
    if (nowMs >= this.windowEndMs || nowMs < this.windowEndMs - this.windowMs) this.begin(nowMs);
    const slot = this.slotOf(caller);
    const count = this.counts[slot]!;
    if (count >= this.most) return false;
    this.counts[slot] = count + 1;
    return true;
  }

  /** Takes back one time of this caller: what was counted before it was known to be harmless. */
  giveBack(caller: string): void {
    const slot = this.slotOf(caller);
    if (this.counts[slot]! > 0) this.counts[slot]! -= 1;
  }

  /** Whole seconds until the counters are emptied, at least 1. */
  retryAfterS(nowMs: number): number {
    return Math.max(1, Math.ceil((this.windowEndMs - nowMs) / 1000));
  }

  private begin(nowMs: number): void {
    this.counts.fill(0);
    this.windowEndMs = nowMs + this.windowMs;
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
