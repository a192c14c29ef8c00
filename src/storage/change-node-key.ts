import { changeKey } from '../protocol/key-chain.js';
import { NodeKey } from '../protocol/node-key.js';
import { formatNodeKey, parseNodeKey } from '../protocol/node-key-text.js';
import type { DataPaths } from './data-paths.js';
import { openDataDirectory } from './file/data-directory.js';
import { NodeKeyFile } from './file/node-key-file.js';
import { RelationalRecords } from './relational/relational-records.js';
import { DirectoryLock } from './sqlite/directory-lock.js';

interface Change {
  nowMs: number;
  stolen: boolean;
}

/**
 * Gives the node of a data directory its next key. The node must not run: throws DataDirectoryInUseError when it does,
 * RangeError when the key was changed too often, PrivateFileError when there is none yet.
 */
export async function changeNodeKey(dataDir: string, change: Change): Promise<NodeKey> {
  const { paths } = await openDataDirectory(dataDir);
  const lock = DirectoryLock.take(dataDir);
  try {
    const file = new NodeKeyFile(paths.nodeKey);
    const text = await file.read();
    if (text === null) throw new Error(`${dataDir} holds no node key yet: start the node once`);
    const next = changeKey(parseNodeKey(text), NodeKey.generate(), change);
    await note(paths, next, change);
    await file.replace(formatNodeKey(next));
    return next;
  } finally {
    lock.release();
  }
}

async function note({ records: path }: DataPaths, { nodeId, keyId }: NodeKey, change: Change): Promise<void> {
  const records = await RelationalRecords.open(path);
  try {
    await records.audit.append({
      ...{ atMs: change.nowMs, by: 'command line', why: '' },
      action: change.stolen ? 'rotate stolen key' : 'rotate key',
      subject: { node: nodeId, key: keyId },
    });
  } finally {
    await records.close();
  }
}
