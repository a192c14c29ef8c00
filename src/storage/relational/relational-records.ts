import type { Records } from '../records.js';
import { RelationalAccessKeyStore } from './relational-access-key-store.js';
import { RelationalAccountStore } from './relational-account-store.js';
import { RelationalAuditLog } from './relational-audit-log.js';
import { type DatabaseOptions, RelationalDatabase } from './relational-database.js';
import { RelationalLedger } from './relational-ledger.js';
import { RelationalLegacyReportStore } from './relational-legacy-report-store.js';
import { RelationalPeerStore } from './relational-peer-store.js';
import { RelationalRulingStore } from './relational-ruling-store.js';
import { RelationalSessionStore } from './relational-session-store.js';
import { RelationalSettingsStore } from './relational-settings-store.js';
import { SettingRows } from './rows/setting-row.js';

/** A row of the settings table that is written again to see that writing works. */
const CHECKED = { name: '.check', value: 'true' };

/** The records of a node in one SQLite file. */
export class RelationalRecords implements Records {
  readonly ledger: RelationalLedger;
  readonly peers: RelationalPeerStore;
  readonly settings: RelationalSettingsStore;
  readonly accessKeys: RelationalAccessKeyStore;
  readonly accounts: RelationalAccountStore;
  readonly sessions: RelationalSessionStore;
  readonly legacyReports: RelationalLegacyReportStore;
  readonly rulings: RelationalRulingStore;
  readonly audit: RelationalAuditLog;

  private constructor(private readonly database: RelationalDatabase) {
    this.ledger = new RelationalLedger(database);
    this.peers = new RelationalPeerStore(database);
    this.settings = new RelationalSettingsStore(database);
    this.accessKeys = new RelationalAccessKeyStore(database);
    this.accounts = new RelationalAccountStore(database);
    this.sessions = new RelationalSessionStore(database);
    this.legacyReports = new RelationalLegacyReportStore(database);
    this.rulings = new RelationalRulingStore(database);
    this.audit = new RelationalAuditLog(database);
  }

  /**
   * Opens or creates the file and brings its tables up to date. Rejects with StoreUnavailableError when it
   * can't be read and written, with DatabaseTooNewError when a newer version has written it.
   */
  static async open(path: string, options?: DatabaseOptions): Promise<RelationalRecords> {
    return new RelationalRecords(await RelationalDatabase.open(path, options));
  }

  async check(): Promise<void> {
    await this.database.write((rows) => rows.upsert(SettingRows, CHECKED, ['name']));
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
