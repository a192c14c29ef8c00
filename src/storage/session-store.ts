/** A browser in which somebody is signed in. */
export interface Session {
  /** Hex SHA-256 of the cookie's 256 random bits. It opens nothing, and names the session where it is listed. */
  hash: string;
  accountId: string;
  createdAtMs: number;
  lastUsedAtMs: number;
  /** Such as `Firefox on Linux`. */
  device: string;
  /** The network that it was last used from, such as `203.0.113.0/24`; null over the node's own socket. */
  network: string | null;
}

export interface SessionStore {
  find(hash: string): Promise<Session | null>;
  /** Newest use first. */
  listOf(accountId: string): Promise<Session[]>;
  add(session: Session): Promise<void>;
  /** Notes a use. Nothing happens when the session has ended meanwhile. */
  touch(hash: string, use: Pick<Session, 'lastUsedAtMs' | 'network'>): Promise<void>;
  /** Nothing happens when it was unknown. */
  remove(hash: string): Promise<void>;
  /** Ends all sessions of an account, but for the one of the hash `except`. */
  removeOf(accountId: string, except?: string): Promise<void>;
  /** Forgets what began or was last used before. */
  prune(before: Pick<Session, 'createdAtMs' | 'lastUsedAtMs'>): Promise<void>;
}
