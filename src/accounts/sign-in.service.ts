import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { ClientAddress, callerOf } from '../http/client-address.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, CONFIG, RECORDS } from '../http/tokens.js';
import type { Account } from '../storage/account-store.js';
import type { Records } from '../storage/records.js';
import { nameKeyOf } from './account-name.js';
import { AccountSessions } from './account-sessions.js';
import { KnownDevices } from './known-devices.js';
import { PasswordHashes } from './password-hashes.js';
import { afterCode } from './second-factor.js';
import { type Attempt, SignInLimits } from './sign-in-limits.js';

export interface Credentials {
  name: string;
  password: string;
  /** Of the app, or a recovery code. */
  code?: string | undefined;
}

/** Signing in by name and password, and a code where the account asks for one. */
@Injectable()
export class SignIn {
  private readonly log = new Logger('accounts');
  private readonly limits: SignInLimits;
  private readonly devices: KnownDevices;
  private readonly addresses: ClientAddress;

  constructor(
    private readonly sessions: AccountSessions,
    private readonly hashes: PasswordHashes,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Pick<Config, 'trustProxy'>,
  ) {
    this.limits = new SignInLimits(clock);
    this.devices = new KnownDevices(records.settings);
    this.addresses = new ClientAddress(config.trustProxy);
  }

  /**
   * Answers whose account it is. Rejects with `sign-in-failed` whatever was wrong, and as late for a name that does
   * not exist; with `code-needed` when only the code is missing; with `rate-limited` or `busy`.
   */
  async signIn(given: Credentials, request: FastifyRequest): Promise<Account> {
    this.sessions.demandOwnPage(request);
    const account = await this.records.accounts.findByName(nameKeyOf(given.name));
    const attempt = await this.attemptOf(given.name, account, request);
    this.begin(attempt, account);
    const isRight = await this.verify(attempt, account, given.password);
    if (!account || !isRight) throw failed();
    const signedIn = await this.withCode(attempt, account, given.code);
    this.limits.giveBack(attempt);
    await this.note('sign in', signedIn, this.sessions.networkOf(request));
    return this.withFreshHash(signedIn, given.password);
  }

  /** Begins a session in a browser that is known to the account from then on. Answers the proof of its pages. */
  async enter(account: Account, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    await this.devices.mark(reply, account.id, this.sessions.isHttps(request));
    return this.sessions.begin(account, request, reply);
  }

  /** Checks the password of somebody who is signed in, under the same limits. Rejects as `signIn` does. */
  async confirm(account: Account, password: string, request: FastifyRequest): Promise<void> {
    const attempt = await this.attemptOf(account.name, account, request);
    this.begin(attempt, account);
    if (!(await this.verify(attempt, account, password))) throw failed();
    this.limits.giveBack(attempt);
  }

  private async attemptOf(name: string, account: Account | null, request: FastifyRequest): Promise<Attempt> {
    const isHttps = this.sessions.isHttps(request);
    return {
      nameKey: nameKeyOf(name),
      caller: callerOf(this.addresses.ofRequest(request) ?? ''),
      device: account && (await this.devices.markOf(request, account.id, isHttps)),
    };
  }

  private begin(attempt: Attempt, account: Account | null): void {
    try {
      this.limits.begin(attempt);
    } catch (error) {
      if (account && this.limits.isFirstRefusal(attempt)) void this.noteBurst(account);
      throw error;
    }
  }

  private async verify(attempt: Attempt, account: Account | null, password: string): Promise<boolean> {
    try {
      return await this.hashes.verify(account?.passwordHash ?? null, password, attempt.device !== null);
    } catch (error) {
      this.limits.giveBack(attempt);
      throw error;
    }
  }

  private async withCode(attempt: Attempt, account: Account, code: string | undefined): Promise<Account> {
    if (account.secondFactor === null) return account;
    if (code === undefined || code === '') {
      this.limits.giveBack(attempt);
      throw new ProblemError('code-needed', 'Send the code of your app, or one of your recovery codes.');
    }
    const nowMs = this.clock.nowMs();
    const changed = await this.records.accounts.change(account.id, (stored) => {
      const secondFactor = stored.secondFactor && afterCode(stored.secondFactor, code, nowMs);
      return secondFactor && { ...stored, secondFactor };
    });
    if (changed === null) throw failed();
    return changed;
  }

  /** Only now the password is at hand to be hashed by the parameters of today. */
  private async withFreshHash(account: Account, password: string): Promise<Account> {
    const { passwordHash } = account;
    if (passwordHash === null || !this.hashes.isOutdated(passwordHash)) return account;
    const fresh = await this.hashes.hash(password);
    const changed = await this.records.accounts.change(account.id, (stored) =>
      stored.passwordHash === passwordHash ? { ...stored, passwordHash: fresh } : null,
    );
    return changed ?? account;
  }

  /** Not waited for: the answer must not take longer because there is such an account. */
  private async noteBurst(account: Account): Promise<void> {
    await this.note('sign-in failures', account, null).catch((error: Error) => {
      this.log.error(`a burst of failures could not be noted: ${error.message}`);
    });
  }

  private async note(action: string, { name }: Account, network: string | null): Promise<void> {
    const by = action === 'sign in' ? `account ${name}` : 'sign-in limits';
    const subject = { account: name, network };
    await this.records.audit.append({ atMs: this.clock.nowMs(), by, action, subject, why: '' });
  }
}

function failed(): ProblemError {
  return new ProblemError('sign-in-failed', 'Name, password or code is not right.');
}
