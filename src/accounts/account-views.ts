import type { Config } from '../config/config.js';
import type { Account } from '../storage/account-store.js';
import type { Session } from '../storage/session-store.js';
import type { AccountSessions, CurrentSession } from './account-sessions.js';
import type { LinkedAccount } from './accounts.js';
import type { AccountView, LinkView, OwnAccountView, SignedInView } from './views.js';

export function signedInView({ name, role }: Account, proof: string): SignedInView {
  return { account: { name, role }, proof, setUpOpen: false };
}

export function ownAccountView(
  current: CurrentSession,
  listed: readonly Session[],
  sessions: AccountSessions,
): OwnAccountView {
  const { name, role, createdAtMs, passwordSetAtMs, secondFactor } = current.account;
  return {
    ...{ name, role, createdAt: instant(createdAtMs), passwordSetAt: orNull(passwordSetAtMs) },
    secondFactor: secondFactor && { recoveryCodesLeft: secondFactor.recoveryHashes.length },
    sessions: listed.map((session) => ({
      ...{ id: session.hash, current: session.hash === current.session.hash },
      ...{ device: session.device, network: session.network },
      createdAt: instant(session.createdAtMs),
      lastUsedAt: instant(session.lastUsedAtMs),
      endsAt: instant(sessions.endsAtMs(session)),
    })),
  };
}

export function accountView(account: Account): AccountView {
  const { name, role, createdAtMs, passwordHash, secondFactor, link } = account;
  return {
    ...{ name, role, createdAt: instant(createdAtMs) },
    ...{ hasPassword: passwordHash !== null, hasSecondFactor: secondFactor !== null },
    linkExpiresAt: orNull(link?.expiresAtMs ?? null),
  };
}

/** The token stands in the fragment, which no browser sends to a server and no log keeps. */
export function linkView(
  { account, token }: LinkedAccount,
  { publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>,
): LinkView {
  const path = `/login#link=${token}`;
  return { account: accountView(account), path, url: `${publicUrl ?? `http://localhost:${port}`}${path}` };
}

function instant(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function orNull(timeMs: number | null): string | null {
  return timeMs === null ? null : instant(timeMs);
}
