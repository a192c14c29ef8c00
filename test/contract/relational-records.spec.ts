import { join } from 'node:path';
import { RelationalRecords } from '../../src/storage/relational/relational-records.js';
import { accessKeyStoreContract } from './access-key-store.contract.js';
import { accountStoreContract } from './account-store.contract.js';
import { auditLogContract } from './audit-log.contract.js';
import { ledgerContract } from './ledger.contract.js';
import { legacyReportStoreContract } from './legacy-report-store.contract.js';
import { peerStoreContract } from './peer-store.contract.js';
import { type RecordsHarness, temporaryFolder } from './records-harness.js';
import { rulingStoreContract } from './ruling-store.contract.js';
import { sessionStoreContract } from './session-store.contract.js';
import { settingsStoreContract } from './settings-store.contract.js';

async function sqliteHarness(): Promise<RecordsHarness> {
  const folder = await temporaryFolder();
  const open = () => RelationalRecords.open(join(folder.path, 'records.sqlite'));
  const reopen = async (records: { close(): Promise<void> }) => {
    await records.close();
    return open();
  };
  return { open, reopen, dispose: folder.remove };
}

ledgerContract('TypeORM on SQLite', sqliteHarness);
peerStoreContract('TypeORM on SQLite', sqliteHarness);
settingsStoreContract('TypeORM on SQLite', sqliteHarness);
accessKeyStoreContract('TypeORM on SQLite', sqliteHarness);
legacyReportStoreContract('TypeORM on SQLite', sqliteHarness);
rulingStoreContract('TypeORM on SQLite', sqliteHarness);
accountStoreContract('TypeORM on SQLite', sqliteHarness);
sessionStoreContract('TypeORM on SQLite', sqliteHarness);
auditLogContract('TypeORM on SQLite', sqliteHarness);
