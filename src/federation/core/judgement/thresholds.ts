/** What the rules hold a report for. */
export interface Thresholds {
  /** `not-hash-like`: how unlikely honest registers may look, 0..1. */
  fitProbability: number;
  /** `count-off-sketch` and `more-people-than-hits`: standard deviations of the sketch's error. */
  sigmas: number;
  /** `jump`: so many people a day are never too many, */
  jumpFloor: number;
  /** and so many times the largest of the days before are never too many. */
  jumpFactor: number;
  /** `late-change`: hours after its day's end until which a change is in time. */
  lateHours: number;
  /** `register-fell`: registers that may be lower than before. */
  fallenRegisters: number;
}

export const defaultThresholds: Thresholds = {
  fitProbability: 1e-7,
  sigmas: 5,
  jumpFloor: 10_000,
  jumpFactor: 4,
  lateHours: 48,
  fallenRegisters: 0,
};

/** The days that a jump is measured against, counted back from the day itself: both bounds included. */
export const JUMP_DAYS = { from: 8, to: 35 } as const;
