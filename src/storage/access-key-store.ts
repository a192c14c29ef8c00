export type AccessKeyKind = 'write' | 'read' | 'admin';

/** A key that opens part of the API, `hc_<kind>_<random>`. Only its hash is kept. */
export interface AccessKey {
  /** Hex SHA-256 of the whole key text; the key is random enough that no slow hash is needed. */
  hash: string;
  kind: AccessKeyKind;
  createdAtMs: number;
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
