import type { AccessKeyStore } from './access-key-store.js';
import type { AccountStore } from './account-store.js';
import type { AuditLog } from './audit-log.js';
import type { Ledger } from './ledger.js';
import type { LegacyReportStore } from './legacy-report-store.js';
import type { PeerStore } from './peer-store.js';
import type { RulingStore } from './ruling-store.js';
import type { SessionStore } from './session-store.js';
import type { SettingsStore } from './settings-store.js';

/** The relational records of a node, which live and close together. */
export interface Records {
  readonly ledger: Ledger;
  readonly peers: PeerStore;
  readonly settings: SettingsStore;
  readonly accessKeys: AccessKeyStore;
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly legacyReports: LegacyReportStore;
  readonly rulings: RulingStore;
  readonly audit: AuditLog;
  /** Resolves when the records can be read and written; rejects with StoreUnavailableError when not. */
  check(): Promise<void>;
  /** Waits for what was begun, then closes. Whatever is asked later rejects with StoreUnavailableError. */
  close(): Promise<void>;
}
