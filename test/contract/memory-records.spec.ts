import { MemoryRecords } from '../../src/storage/memory/memory-records.js';
import { accessKeyStoreContract } from './access-key-store.contract.js';
import { accountStoreContract } from './account-store.contract.js';
import { auditLogContract } from './audit-log.contract.js';
import { ledgerContract } from './ledger.contract.js';
import { legacyReportStoreContract } from './legacy-report-store.contract.js';
import { peerStoreContract } from './peer-store.contract.js';
import type { RecordsHarness } from './records-harness.js';
import { rulingStoreContract } from './ruling-store.contract.js';
import { sessionStoreContract } from './session-store.contract.js';
import { settingsStoreContract } from './settings-store.contract.js';

async function memoryHarness(): Promise<RecordsHarness> {
  return { open: async () => new MemoryRecords(), reopen: null, dispose: async () => undefined };
}

ledgerContract('memory', memoryHarness);
peerStoreContract('memory', memoryHarness);
settingsStoreContract('memory', memoryHarness);
accessKeyStoreContract('memory', memoryHarness);
legacyReportStoreContract('memory', memoryHarness);
rulingStoreContract('memory', memoryHarness);
accountStoreContract('memory', memoryHarness);
sessionStoreContract('memory', memoryHarness);
auditLogContract('memory', memoryHarness);
