import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ProblemError } from '../http/problem.js';
import type { Account } from '../storage/account-store.js';
import { Accounts } from './accounts.js';
import { hashOfToken, randomToken } from './secret-text.js';

/** The way to the first account: a link that is new at each start, and that is none once there is an account. */
@Injectable()
export class SetUp implements OnApplicationBootstrap {
  private tokenHash: string | null = null;
  private unread: string | null = null;

  constructor(private readonly accounts: Accounts) {}

  async onApplicationBootstrap(): Promise<void> {
    if (await this.accounts.hasAny()) return;
    this.unread = randomToken();
    this.tokenHash = hashOfToken(this.unread);
  }

  /** For whoever starts the node: the token, once. Null when there is an account. */
  takeToken(): string | null {
    const token = this.unread;
    this.unread = null;
    return token;
  }

  async isOpen(): Promise<boolean> {
    return this.tokenHash !== null && !(await this.accounts.hasAny());
  }

  /** Makes the first administrator. Rejects with `link-unknown` for another token, and after the first time. */
  async addFirst(token: string, name: string, password: string): Promise<Account> {
    if (this.tokenHash === null || !isSame(hashOfToken(token), this.tokenHash)) throw unknown();
    if (await this.accounts.hasAny()) throw unknown();
    const account = await this.accounts.addFirst(name, password, 'set-up link');
    this.tokenHash = null;
    return account;
  }
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function unknown(): ProblemError {
  return new ProblemError(
    'link-unknown',
    'The set-up link was used or is of an earlier start. Start the node again, and it prints a new one.',
  );
}
