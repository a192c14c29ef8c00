import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import type { Account } from '../storage/account-store.js';
import type { Records } from '../storage/records.js';
import { Accounts } from './accounts.js';
import { enrolmentOf, newRecoveryCodes, newSecret, stepOf } from './second-factor.js';
import type { Enrolment } from './views.js';

/** How long an app may take to be set up. */
const ENROLMENT_MS = 10 * 60_000;
const ENROLMENTS_MAX = 100;

/** What people do with their own second factor, after their password was confirmed. */
@Injectable()
export class OwnAccount {
  private readonly enrolments: LRUCache<string, string>;

  constructor(
    private readonly accounts: Accounts,
    @Inject(RECORDS) private readonly records: Pick<Records, 'accounts'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const perf = { now: () => clock.nowMs() };
    this.enrolments = new LRUCache({ max: ENROLMENTS_MAX, ttl: ENROLMENT_MS, perf });
  }

  /** A new secret, which counts when a code of it is shown within ten minutes. */
  beginSecondFactor({ id, name }: Account): Enrolment {
    const secret = newSecret();
    this.enrolments.set(id, secret);
    return enrolmentOf(secret, name);
  }

  /** Answers the recovery codes, shown once. */
  async confirmSecondFactor(account: Account, code: string): Promise<string[]> {
    const secret = this.enrolments.get(account.id);
    if (secret === undefined)
      throw new ProblemError('conflict', 'Begin again: setting up the app took too long.');
    const lastStep = stepOf(secret, code.replace(/\s/g, ''), this.clock.nowMs());
    if (lastStep === null)
      throw new ProblemError('unacceptable-field', 'This is no code of the moment. Is the clock right?', {
        field: 'code',
      });
    const { codes, hashes } = newRecoveryCodes();
    const secondFactor = { secret, lastStep, recoveryHashes: hashes };
    await this.records.accounts.change(account.id, (stored) => ({ ...stored, secondFactor }));
    this.enrolments.delete(account.id);
    await this.accounts.note('turn on second factor', account, `account ${account.name}`);
    return codes;
  }

  async renewRecoveryCodes(account: Account): Promise<string[]> {
    const { codes, hashes } = newRecoveryCodes();
    const changed = await this.records.accounts.change(account.id, (stored) => {
      const { secondFactor } = stored;
      return secondFactor && { ...stored, secondFactor: { ...secondFactor, recoveryHashes: hashes } };
    });
    if (!changed) throw new ProblemError('conflict', 'The account has no second factor.');
    await this.accounts.note('renew recovery codes', account, `account ${account.name}`);
    return codes;
  }

  async removeSecondFactor(account: Account): Promise<void> {
    await this.records.accounts.change(account.id, (stored) => ({ ...stored, secondFactor: null }));
    await this.accounts.note('turn off second factor', account, `account ${account.name}`);
  }
}
