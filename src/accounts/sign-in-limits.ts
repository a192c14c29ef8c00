import { randomInt } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import { ProblemError } from '../http/problem.js';
import { RateLimit } from '../http/rate-limit.js';

const WINDOW_MS = 15 * 60_000;
const OF_NAME = 10;
const OF_ADDRESS = 30;
const OF_DEVICE = 10;

/** Who tries to sign in as whom. */
export interface Attempt {
  nameKey: string;
  /** The address as limits count it. */
  caller: string;
  /** The device's own mark, when it has signed in to this account before; else null. */
  device: string | null;
}

/**
 * How many failures are allowed in a quarter of an hour: for one name, whether there is such an account or not, and from
 * one address. A device that has signed in to the account before is counted by itself alone (OWASP calls it a device
 * cookie): whoever fails on purpose locks out strangers, never the owner's own browser.
 */
export class SignInLimits {
  private readonly names = tableOf(OF_NAME);
  private readonly addresses = tableOf(OF_ADDRESS);
  private readonly devices = tableOf(OF_DEVICE);
  private readonly bursts = tableOf(1);

  constructor(private readonly clock: Clock) {}

  /**
   * Counts an attempt as failed, before the password is looked at: a hundred at once are a hundred. Throws the problem
   * `rate-limited`.
   */
  begin({ nameKey, caller, device }: Attempt): void {
    if (device !== null) this.demand(this.devices, device);
    else {
      this.demand(this.addresses, caller);
      this.demand(this.names, nameKey);
    }
  }

  /** The attempt was no failure. */
  giveBack({ nameKey, caller, device }: Attempt): void {
    if (device !== null) this.devices.giveBack(device);
    else {
      this.addresses.giveBack(caller);
      this.names.giveBack(nameKey);
    }
  }

  /** True once in a window for a name: a burst of failures is told once. */
  isFirstRefusal({ nameKey }: Attempt): boolean {
    return this.bursts.allows(nameKey, this.clock.nowMs());
  }

  private demand(table: RateLimit, who: string): void {
    const nowMs = this.clock.nowMs();
    if (table.allows(who, nowMs)) return;
    const retryAfterS = table.retryAfterS(nowMs);
    throw new ProblemError('rate-limited', 'Too many attempts failed. Try again later.', { retryAfterS });
  }
}

function tableOf(most: number): RateLimit {
  return new RateLimit(most, randomInt(2 ** 32), WINDOW_MS);
}
