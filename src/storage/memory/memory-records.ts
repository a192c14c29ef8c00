import type { Records } from '../records.js';
import { MemoryAccessKeyStore } from './memory-access-key-store.js';
import { MemoryLedger } from './memory-ledger.js';
import { MemoryLegacyReportStore } from './memory-legacy-report-store.js';
import { MemoryPeerStore } from './memory-peer-store.js';
import { MemorySettingsStore } from './memory-settings-store.js';

export class MemoryRecords implements Records {
  readonly ledger = new MemoryLedger();
  readonly peers = new MemoryPeerStore();
  readonly settings = new MemorySettingsStore();
  readonly accessKeys = new MemoryAccessKeyStore();
  readonly legacyReports = new MemoryLegacyReportStore();

  async check(): Promise<void> {}

  async close(): Promise<void> {}
}
