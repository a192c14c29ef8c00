import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import type { Account, AccountRole, OneTimeLink } from '../storage/account-store.js';
import type { Records } from '../storage/records.js';
import { nameKeyOf } from './account-name.js';
import { isNamesake } from './password.js';
import { PasswordHashes } from './password-hashes.js';
import { hashOfToken, randomToken } from './secret-text.js';

/** More people than look after one node. */
const ACCOUNTS_MAX = 100;
const LINK_MS = 24 * 3_600_000;

/** An account with the token of the link by which its owner chooses a password. Shown once. */
export interface LinkedAccount {
  account: Account;
  token: string;
}

/** Who has an account, and which. Every change is in the audit log. */
@Injectable()
export class Accounts {
  /** Adding, removing and roles wait for each other: an administrator must always be left. */
  private changing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly hashes: PasswordHashes,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(): Promise<Account[]> {
    return this.records.accounts.list();
  }

  async hasAny(): Promise<boolean> {
    return (await this.list()).length > 0;
  }

  /** The first account, an administrator with a password. Throws `conflict` when there is one already. */
  async addFirst(name: string, password: string, by: string): Promise<Account> {
    this.demandStrange(password, name);
    const passwordHash = await this.hashes.hash(password);
    return this.alone(async () => {
      if (await this.hasAny()) throw refused('There is an account already.');
      const account = { ...this.newAccount(name, 'administrator'), ...this.withPassword(passwordHash) };
      await this.records.accounts.add(account);
      await this.note('add account', account, by);
      return account;
    });
  }

  add(name: string, role: AccountRole, by: string): Promise<LinkedAccount> {
    return this.alone(async () => {
      if ((await this.list()).length >= ACCOUNTS_MAX)
        throw refused(`There are ${ACCOUNTS_MAX} accounts already.`);
      const { link, token } = this.newLink();
      const account = { ...this.newAccount(name, role), link };
      if (!(await this.records.accounts.add(account))) throw refused('There is an account of that name.');
      await this.note('add account', account, by, role);
      return { account, token };
    });
  }

  /**
   * For whoever lost the password or the second device: the password, the second factor and all sessions end, and a link
   * opens the account once.
   */
  async reset(name: string, by: string): Promise<LinkedAccount> {
    const { id } = await this.named(name);
    const { link, token } = this.newLink();
    const account = this.known(
      await this.records.accounts.change(id, (stored) => ({
        ...{ ...stored, ...this.withPassword(null) },
        ...{ secondFactor: null, link },
      })),
    );
    await this.records.sessions.removeOf(id);
    await this.note('reset account', account, by);
    return { account, token };
  }

  /** Opens the account of a link, which is used up. Rejects with `link-unknown`. */
  async openLink(token: string, password: string): Promise<Account> {
    const hash = hashOfToken(token);
    const isOpen = (link: OneTimeLink | null) =>
      link !== null && link.hash === hash && link.expiresAtMs > this.clock.nowMs();
    const found = (await this.list()).find(({ link }) => isOpen(link));
    if (!found) throw new ProblemError('link-unknown', 'The link was used, has expired or was replaced.');
    this.demandStrange(password, found.name);
    const passwordHash = await this.hashes.hash(password);
    const account = await this.records.accounts.change(found.id, (stored) =>
      isOpen(stored.link) ? { ...stored, ...this.withPassword(passwordHash) } : null,
    );
    if (!account) throw new ProblemError('link-unknown', 'The link was used, has expired or was replaced.');
    await this.note('choose password by link', account, `account ${account.name}`);
    return account;
  }

  /** Sets the password of somebody who has proved the old one, and ends the other sessions. */
  async setPassword({ id, name }: Account, password: string): Promise<Account> {
    this.demandStrange(password, name);
    const passwordHash = await this.hashes.hash(password);
    const account = this.known(
      await this.records.accounts.change(id, (stored) => ({ ...stored, ...this.withPassword(passwordHash) })),
    );
    await this.records.sessions.removeOf(id);
    await this.note('change password', account, `account ${name}`);
    return account;
  }

  /** Whoever is signed in with the account signs in again. */
  setRole(name: string, role: AccountRole, by: string): Promise<Account> {
    return this.alone(async () => {
      const { id, role: former } = await this.named(name);
      if (former === 'administrator' && role !== 'administrator') await this.demandOtherAdministrator(id);
      const account = this.known(await this.records.accounts.change(id, (stored) => ({ ...stored, role })));
      if (role !== former) await this.records.sessions.removeOf(id);
      await this.note('change role', account, by, role);
      return account;
    });
  }

  remove(name: string, by: string): Promise<Account> {
    return this.alone(async () => {
      const account = await this.named(name);
      if (account.role === 'administrator') await this.demandOtherAdministrator(account.id);
      await this.records.accounts.remove(account.id);
      await this.records.sessions.removeOf(account.id);
      await this.note('remove account', account, by);
      return account;
    });
  }

  async note(action: string, { name }: Account, by: string, role?: AccountRole): Promise<void> {
    const subject = { account: name, ...(role === undefined ? {} : { role }) };
    await this.records.audit.append({ atMs: this.clock.nowMs(), by, action, subject, why: '' });
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.changing.then(work);
    this.changing = done.catch(() => undefined);
    return done;
  }

  private newAccount(name: string, role: AccountRole): Account {
    return {
      ...{ id: randomToken(), name, nameKey: nameKeyOf(name), role, createdAtMs: this.clock.nowMs() },
      ...{ passwordHash: null, passwordSetAtMs: null, secondFactor: null, link: null },
    };
  }

  /** A link is of no use any more once there is a password. */
  private withPassword(
    passwordHash: string | null,
  ): Pick<Account, 'passwordHash' | 'passwordSetAtMs' | 'link'> {
    const passwordSetAtMs = passwordHash === null ? null : this.clock.nowMs();
    return { passwordHash, passwordSetAtMs, link: null };
  }

  private newLink(): { link: OneTimeLink; token: string } {
    const token = randomToken();
    return { token, link: { hash: hashOfToken(token), expiresAtMs: this.clock.nowMs() + LINK_MS } };
  }

  private async named(name: string): Promise<Account> {
    return this.known(await this.records.accounts.findByName(nameKeyOf(name)));
  }

  private known(account: Account | null): Account {
    if (account) return account;
    throw new ProblemError('not-found', 'There is no account of that name.', { field: 'name' });
  }

  private async demandOtherAdministrator(id: string): Promise<void> {
    const accounts = await this.list();
    if (accounts.some((other) => other.id !== id && other.role === 'administrator')) return;
    throw refused('This is the only administrator: make another one first.');
  }

  private demandStrange(password: string, name: string): void {
    if (!isNamesake(password, name)) return;
    throw new ProblemError('unacceptable-field', 'The password is hardly more than the name.', {
      field: 'password',
    });
  }
}

function refused(detail: string): ProblemError {
  return new ProblemError('conflict', detail);
}
