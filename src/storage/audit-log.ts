/** Something that a person decided, or that the node decided and a person should know of. */
export interface AuditEvent {
  atMs: number;
  /** Who: an account or key, `command line`, the id of another node, or `node` where this one did by itself. */
  by: string;
  /** What was done, in a word or two: `approve`, `exclude`, `rotate key`. */
  action: string;
  /** To whom or what: a node id, a day, a setting. */
  subject: Readonly<Record<string, string | number | null>>;
  /** As the person put it; may be empty. */
  why: string;
}

/** An event in its place. Each holds the hash of the one before, so that none can be changed or taken out unnoticed. */
export interface AuditEntry extends AuditEvent {
  /** 1, 2, 3, … without a gap. */
  number: number;
  /** Hex SHA-256 of the entry before; 64 zeros for the first. */
  previous: string;
  /** Hex SHA-256 over this entry, `previous` included (audit-chain.ts). */
  hash: string;
}

/** An entry as the next one names it. */
export type AuditMark = Pick<AuditEntry, 'number' | 'hash'>;

/** How the log ends. Both are null before the first entry. */
export interface AuditEnd {
  newest: AuditMark | null;
  /** What was noted of it apart from the entries when it was appended: another one when some were cut off. */
  noted: AuditMark | null;
}

/** Only ever grows. Durable when an append resolves; StoreUnavailableError when it can't be. */
export interface AuditLog {
  append(event: AuditEvent): Promise<AuditEntry>;
  /** Both parts as of one moment. */
  end(): Promise<AuditEnd>;
  /** Newest first, at most `limit`, below the number `before` if it is given. */
  newest(limit: number, before?: number): Promise<AuditEntry[]>;
  /** Oldest first, at most `limit`, above the number `after`. */
  following(after: number, limit: number): Promise<AuditEntry[]>;
}
