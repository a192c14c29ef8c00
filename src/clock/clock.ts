/** Where the time comes from. Passed in everywhere, so that tests and simulations decide what time it is. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that stands still until told otherwise. */
export class ManualClock implements Clock {
  constructor(private currentMs: number) {}

  nowMs(): number {
    return this.currentMs;
  }

  set(timeMs: number): void {
    this.currentMs = timeMs;
  }

  advance(durationMs: number): void {
    this.currentMs += durationMs;
  }
}
