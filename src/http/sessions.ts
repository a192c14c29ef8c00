import type { FastifyRequest } from 'fastify';
import type { AccessKeyKind } from '../storage/access-key-store.js';
import type { AccountRole } from '../storage/account-store.js';

/** The account whose session a request carries. */
export interface SignedIn {
  name: string;
  role: AccountRole;
}

export interface Sessions {
  /**
   * Who is signed in, by the session's cookie; null for nobody. Rejects with the problem `other-site` for a request that
   * would change something and does not prove that a page of this node sent it, and with StoreUnavailableError.
   */
  of(request: FastifyRequest): Promise<SignedIn | null>;
}

/** A session opens what people look at and decide. It never sends visits: those are the site's. */
const OPENS: Readonly<Record<AccountRole, readonly AccessKeyKind[]>> = {
  viewer: ['overview', 'read'],
  administrator: ['overview', 'read', 'admin'],
};

export function roleOpens(role: AccountRole, kind: AccessKeyKind): boolean {
  return OPENS[role].includes(kind);
}
