import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { NodeKey } from '../protocol/node-key.js';
import { formatNodeKey, parseNodeKey } from '../protocol/node-key-text.js';
import type { Backups } from './backups.js';
import type { CountStore } from './count-store.js';
import type { DataPaths } from './data-paths.js';
import { openDataDirectory } from './file/data-directory.js';
import { KeyringFile } from './file/keyring-file.js';
import { NodeKeyFile } from './file/node-key-file.js';
import type { Records } from './records.js';
import { RelationalRecords } from './relational/relational-records.js';
import { DirectoryLock } from './sqlite/directory-lock.js';
import { FileBackups } from './sqlite/file-backups.js';
import { SqliteCountStore } from './sqlite/sqlite-count-store.js';

/** Everything of a node that outlives its process. */
export interface Stores {
  paths: DataPaths;
  counts: CountStore;
  records: Records;
  keyringFile: KeyringFile;
  nodeKey: NodeKey;
  backups: Backups;
  warnings: readonly string[];
  close(): Promise<void>;
}

/** Takes the data directory for this process and opens what is in it. Counts are in Redis where one is configured. */
export async function openStores(config: Config, clock: Clock): Promise<Stores> {
  const { paths, warnings: ofDirectory } = await openDataDirectory(config.dataDir);
  const lock = DirectoryLock.take(config.dataDir);
  try {
    const nodeKey = await openNodeKey(new NodeKeyFile(paths.nodeKey));
    const records = await RelationalRecords.open(paths.records, { isBusy: config.role === 'hub' });
    const { counts, warnings: ofCounts } = await openCounts(config, paths, clock, nodeKey).catch(
      async (error: unknown) => {
        await records.close();
        throw error;
      },
    );
    const close = async () => {
      await counts.close();
      await records.close();
      lock.release();
    };
    const keyringFile = new KeyringFile(paths.keyring);
    const warnings = [...ofDirectory, ...ofCounts];
    const backups = new FileBackups(paths.backups, paths, clock, config.redisUrl === null);
    return { paths, counts, records, keyringFile, nodeKey, backups, warnings, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Made at the first start. */
async function openNodeKey(file: NodeKeyFile): Promise<NodeKey> {
  const text = await file.read();
  if (text !== null) return parseNodeKey(text);
  const made = NodeKey.generate();
  await file.create(formatNodeKey(made));
  return made;
}

async function openCounts(
  { redisUrl }: Config,
  paths: DataPaths,
  clock: Clock,
  { nodeId }: NodeKey,
): Promise<{ counts: CountStore; warnings: readonly string[] }> {
  if (redisUrl === null) return { counts: await SqliteCountStore.open(paths.counts, clock), warnings: [] };
  // Loaded only where it is used: the driver takes some 20 MB.
  const { RedisCountStore } = await import('./redis/redis-count-store.js');
  const counts = await RedisCountStore.open({ url: redisUrl, clock, owner: nodeId });
  return { counts, warnings: counts.warnings };
}
