import type { Day } from '../clock/day.js';
import type { WindowName } from '../config/config.js';

export const COUNTS_READER = Symbol('CountsReader');

/** What a caller asked for; null where it is left to the node. */
export interface CounterQuestion {
  window: WindowName | null;
  scope: 'local' | 'global' | null;
}

/** The plain numbers that the earlier systems show. Rejects with StoreUnavailableError. */
export interface CountsReader {
  /** How many different people this node saw. 0 when none. */
  localUniques(window: WindowName): Promise<number>;

  /**
   * The headline: the global estimate over the configured window where the node is in a federation, else the
   * local count of all time.
   */
  counterUniques(question: CounterQuestion): Promise<number>;

  /** The last `days` UTC days up to today, oldest first, zero where nobody came. */
  dailyUniques(days: number): Promise<{ day: Day; uniques: number }[]>;
}
