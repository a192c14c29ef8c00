import { join } from 'node:path';

/** The files of a node's data directory. Everything that a node keeps is in one of them. */
export interface DataPaths {
  counts: string;
  records: string;
  nodeKey: string;
  keyring: string;
  backups: string;
  /** Where commands talk to the running node. */
  socket: string;
  lock: string;
  /** Says which process holds the lock. */
  lockHolder: string;
}

export function dataPathsOf(dataDir: string): DataPaths {
  return {
    counts: join(dataDir, 'counts.sqlite'),
    records: join(dataDir, 'records.sqlite'),
    nodeKey: join(dataDir, 'node-key.pem'),
    keyring: join(dataDir, 'keyring.json'),
    backups: join(dataDir, 'backups'),
    socket: socketPathOf(dataDir),
    lock: join(dataDir, 'node.lock'),
    lockHolder: join(dataDir, 'node.pid'),
  };
}

export function socketPathOf(dataDir: string): string {
  return join(dataDir, 'node.sock');
}
