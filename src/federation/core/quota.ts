/**
 * How much of something each caller may use up in a window of time. Callers are known peers, so the table is bounded by
 * the roster; windows begin for all at once, and what was used in the last one is forgotten.
 */
export class Quota {
  private readonly used = new Map<string, number>();
  private window = 0;

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  /** @param share How many times the limit this caller may use. False, and nothing taken, when it is used up. */
  take(caller: string, amount: number, share: number, nowMs: number): boolean {
    if (this.isUsedUp(caller, share, nowMs)) return false;
    this.used.set(caller, (this.used.get(caller) ?? 0) + amount);
    return true;
  }

  isUsedUp(caller: string, share: number, nowMs: number): boolean {
    const window = Math.floor(nowMs / this.windowMs);
    if (window !== this.window) this.used.clear();
    this.window = window;
    return (this.used.get(caller) ?? 0) >= this.limit * share;
  }
}
