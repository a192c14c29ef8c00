import type { Config } from '../config/config.js';
import type { AlertThresholds } from './core/alerts/alert.js';
import type { Thresholds } from './core/judgement/thresholds.js';

/** What the operator wants reports held for. */
export function holdThresholds(config: Config): Thresholds {
  return {
    fitProbability: config.holdProbability,
    sigmas: config.holdSigmas,
    jumpFloor: config.holdJumpFloor,
    jumpFactor: config.holdJumpFactor,
    lateHours: config.holdLateHours,
    fallenRegisters: config.holdFallenRegisters,
  };
}

/** What the operator wants to be told of. */
export function alertThresholds(config: Config): AlertThresholds {
  return {
    marginalRise: config.alertMarginalRise,
    nearCopy: config.alertNearCopy,
    nearCopyPeople: config.alertNearCopyPeople,
    clockSeconds: config.alertClockSeconds,
    staleHours: config.alertStaleHours,
    rosterDays: config.alertRosterDays,
  };
}
