import type { Records } from '../records.js';
import { MemoryAccessKeyStore } from './memory-access-key-store.js';
import { MemoryAccountStore } from './memory-account-store.js';
import { MemoryAuditLog } from './memory-audit-log.js';
import { MemoryLedger } from './memory-ledger.js';
import { MemoryLegacyReportStore } from './memory-legacy-report-store.js';
import { MemoryPeerStore } from './memory-peer-store.js';
import { MemoryRulingStore } from './memory-ruling-store.js';
import { MemorySessionStore } from './memory-session-store.js';
import { MemorySettingsStore } from './memory-settings-store.js';

export class MemoryRecords implements Records {
  readonly ledger = new MemoryLedger();
  readonly peers = new MemoryPeerStore();
  readonly settings = new MemorySettingsStore();
  readonly accessKeys = new MemoryAccessKeyStore();
  readonly accounts = new MemoryAccountStore();
  readonly sessions = new MemorySessionStore();
  readonly legacyReports = new MemoryLegacyReportStore();
  readonly rulings = new MemoryRulingStore();
  readonly audit = new MemoryAuditLog();

  async check(): Promise<void> {}

  async close(): Promise<void> {}
}
