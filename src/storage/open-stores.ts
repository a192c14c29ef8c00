import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import type { CountStore } from './count-store.js';
import type { DataPaths } from './data-paths.js';
import { openDataDirectory } from './file/data-directory.js';
import { KeyringFile } from './file/keyring-file.js';
import { NodeKeyFile } from './file/node-key-file.js';
import type { Records } from './records.js';
import { RelationalRecords } from './relational/relational-records.js';
import { DirectoryLock } from './sqlite/directory-lock.js';
import { SqliteCountStore } from './sqlite/sqlite-count-store.js';

/** Everything of a node that outlives its process. */
export interface Stores {
  paths: DataPaths;
  counts: CountStore;
  records: Records;
  keyringFile: KeyringFile;
  nodeKeyFile: NodeKeyFile;
  warnings: readonly string[];
  close(): Promise<void>;
}

/** Takes the data directory for this process and opens what is in it. Counts are in Redis where one is configured. */
export async function openStores(config: Config, clock: Clock): Promise<Stores> {
  const { paths, warnings } = await openDataDirectory(config.dataDir);
  const lock = DirectoryLock.take(config.dataDir);
  try {
    const records = await RelationalRecords.open(paths.records);
    const counts = await openCounts(config, paths, clock).catch(async (error: unknown) => {
      await records.close();
      throw error;
    });
    const close = async () => {
      await counts.close();
      await records.close();
      lock.release();
    };
    const keyringFile = new KeyringFile(paths.keyring);
    const nodeKeyFile = new NodeKeyFile(paths.nodeKey);
    return { paths, counts, records, keyringFile, nodeKeyFile, warnings, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openCounts(_config: Config, paths: DataPaths, clock: Clock): Promise<CountStore> {
  return SqliteCountStore.open(paths.counts, clock);
}
