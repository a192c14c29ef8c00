import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

export const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** What is kept of a token that is random enough to need no slow hash. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * What a page shows to prove that it can read this node's answers, which a page of another site can't. It follows from
 * the session, so that there is nothing to keep, and does not tell it.
 */
export function pageProofOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('headcount page proof').digest('base64url');
}
