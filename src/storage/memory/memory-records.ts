import type { Records } from '../records.js';
import { MemoryAccessKeyStore } from './memory-access-key-store.js';
import { MemoryAuditLog } from './memory-audit-log.js';
import { MemoryLedger } from './memory-ledger.js';
import { MemoryLegacyReportStore } from './memory-legacy-report-store.js';
import { MemoryPeerStore } from './memory-peer-store.js';
import { MemoryRulingStore } from './memory-ruling-store.js';
import { MemorySettingsStore } from './memory-settings-store.js';

export class MemoryRecords implements Records {
  readonly ledger = new MemoryLedger();
  readonly peers = new MemoryPeerStore();
  readonly settings = new MemorySettingsStore();
  readonly accessKeys = new MemoryAccessKeyStore();
  readonly legacyReports = new MemoryLegacyReportStore();
  readonly rulings = new MemoryRulingStore();
  readonly audit = new MemoryAuditLog();

  async check(): Promise<void> {}

  async close(): Promise<void> {}
}
