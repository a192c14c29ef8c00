/**
 * `overview` reads the figures of the overview and nothing else: it is what a link for sharing carries. `read` reads all
 * figures, `write` sends visits, `admin` does everything.
 */
export const ACCESS_KEY_KINDS = ['write', 'overview', 'read', 'admin'] as const;
export type AccessKeyKind = (typeof ACCESS_KEY_KINDS)[number];

/** A key that opens part of the API, `hc_<kind>_<random>`. Only its hash is kept. */
export interface AccessKey {
  /** Hex SHA-256 of the whole key text; the key is random enough that no slow hash is needed. */
  hash: string;
  kind: AccessKeyKind;
  /** What its owner calls it. Null for the keys of the first start. */
  name: string | null;
  createdAtMs: number;
  /** From then on it opens nothing. Null for a key without an end. */
  expiresAtMs: number | null;
  lastUsedAtMs: number | null;
}

export interface AccessKeyStore {
  find(hash: string): Promise<AccessKey | null>;
  /** Oldest first. */
  list(): Promise<AccessKey[]>;
  put(key: AccessKey): Promise<void>;
  /** Nothing happens when it was unknown. */
  remove(hash: string): Promise<void>;
}
