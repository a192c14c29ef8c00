import type { AccountRole } from '../storage/account-store.js';

export interface SignedInView {
  account: { name: string; role: AccountRole } | null;
  proof: string | null;
  setUpOpen: boolean;
}

export interface SessionView {
  id: string;
  current: boolean;
  device: string;
  network: string | null;
  createdAt: string;
  lastUsedAt: string;
  endsAt: string;
}

export interface OwnAccountView {
  name: string;
  role: AccountRole;
  createdAt: string;
  passwordSetAt: string | null;
  secondFactor: { recoveryCodesLeft: number } | null;
  sessions: SessionView[];
}

export interface AccountView {
  name: string;
  role: AccountRole;
  createdAt: string;
  hasPassword: boolean;
  hasSecondFactor: boolean;
  linkExpiresAt: string | null;
}

export interface LinkView {
  account: AccountView;
  path: string;
  /** The path behind the address at which the node is known, as far as it knows. */
  url: string;
}

/** What an app is shown to make codes. */
export interface Enrolment {
  secret: string;
  uri: string;
  /** A QR code of the address, drawn in one path: `size` modules wide and high. */
  qr: { size: number; path: string };
}
