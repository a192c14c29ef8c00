export const ACCOUNT_ROLES = ['viewer', 'administrator'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** Time-based codes (RFC 6238) and what stands in for them when the device is lost. */
export interface SecondFactor {
  /** Base32. Whoever reads the records can make codes: it is no secret from the node's own machine. */
  secret: string;
  /** The newest step whose code was taken; that one and older ones open nothing any more. */
  lastStep: number;
  /** Hex SHA-256 of the recovery codes that are left. */
  recoveryHashes: readonly string[];
}

/** A link that opens an account once, to choose its password. */
export interface OneTimeLink {
  /** Hex SHA-256 of the token. */
  hash: string;
  expiresAtMs: number;
}

/** A person who can sign in. */
export interface Account {
  id: string;
  /** As it is shown. */
  name: string;
  /** As it is compared: no two accounts have the same. */
  nameKey: string;
  role: AccountRole;
  /** Null until the person has chosen a password. */
  passwordHash: string | null;
  passwordSetAtMs: number | null;
  createdAtMs: number;
  secondFactor: SecondFactor | null;
  link: OneTimeLink | null;
}

export interface AccountStore {
  find(id: string): Promise<Account | null>;
  findByName(nameKey: string): Promise<Account | null>;
  /** Oldest first. */
  list(): Promise<Account[]>;
  /** False, and nothing is stored, when the id or the name is taken. */
  add(account: Account): Promise<boolean>;
  /**
   * Reads, edits and writes an account in one step, so that of two that take the same code one fails. Answers what was
   * stored; null when the account is unknown or `edit` answers null, and then nothing is changed.
   */
  change(id: string, edit: (account: Account) => Account | null): Promise<Account | null>;
  /** Nothing happens when it was unknown. */
  remove(id: string): Promise<void>;
}
