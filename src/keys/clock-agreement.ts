import type { Clock } from '../clock/clock.js';

/** Steady time since some moment, in milliseconds, that no one can set: `performance.now`. */
export type MonotoneMs = () => number;

const SKEW_MS = 300_000;
const STEADY_MS = 3_600_000;
const WITNESS_MS = 24 * 3_600_000;

/**
 * Whether the wall clock may be believed so far as to destroy a key, which can't be undone. In a federation another
 * node's signed time from the last day must agree; a node alone relies on a clock that has run in step with the
 * monotone one for an hour.
 */
export class ClockAgreement {
  private readonly startWallMs: number;
  private readonly startMonotoneMs: number;
  private witnessedMs: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly monotoneMs: MonotoneMs,
    private readonly isFederated: boolean,
  ) {
    this.startWallMs = clock.nowMs();
    this.startMonotoneMs = monotoneMs();
  }

  /** A time that another node signed just now, already checked against its signature. */
  witness(signedMs: number): void {
    const nowMs = this.clock.nowMs();
    if (Math.abs(signedMs - nowMs) <= SKEW_MS) this.witnessedMs = nowMs;
  }

  agrees(): boolean {
    const nowMs = this.clock.nowMs();
    if (this.isFederated) {
      return (
        this.witnessedMs !== null && Math.abs(nowMs - this.witnessedMs) <= WITNESS_MS && this.isSteady(nowMs)
      );
    }
    return this.monotoneMs() - this.startMonotoneMs >= STEADY_MS && this.isSteady(nowMs);
  }

  private isSteady(nowMs: number): boolean {
    const wallMs = nowMs - this.startWallMs;
    const monotoneMs = this.monotoneMs() - this.startMonotoneMs;
    return Math.abs(wallMs - monotoneMs) <= SKEW_MS;
  }
}
