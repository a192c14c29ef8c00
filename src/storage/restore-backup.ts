import { chmod, copyFile, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openDataDirectory } from './file/data-directory.js';
import { DirectoryLock } from './sqlite/directory-lock.js';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
/** What SQLite keeps beside a file: of another file it would spoil this one. */
const BESIDE = ['', '-wal', '-shm'];

export interface Restored {
  /** Where what was there before lies now; null where nothing was. */
  replaced: string | null;
  /** The epoch keys were in the backup, or are those of this node still. */
  hasKeys: boolean;
}

/**
 * Puts the files of a backup into a data directory. What they take the place of is kept in a folder there. A keyring
 * stays where the backup has none and is of the same node.
 *
 * @param from The name of a backup in the data directory, or a folder.
 * Throws DataDirectoryInUseError while the node runs, and Error where `from` is no backup; then nothing has changed.
 */
export async function restoreBackup(dataDir: string, from: string, nowMs: number): Promise<Restored> {
  const { paths } = await openDataDirectory(dataDir);
  const { counts, records, nodeKey, keyring, backups } = paths;
  const folder = (await isFolder(join(backups, from))) ? join(backups, from) : from;
  const names = new Set(await readdir(folder).catch(() => []));
  for (const path of [records, nodeKey])
    if (!names.has(basename(path))) throw new Error(`${from} is no backup: it has no ${basename(path)}`);
  const lock = DirectoryLock.take(dataDir);
  try {
    const hadKeyring = await isThere(keyring);
    const staysSame = !names.has(basename(keyring)) && hadKeyring && (await areEqual(nodeKey, folder));
    const replaced = join(
      dataDir,
      `replaced-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '')}Z`,
    );
    const places = [counts, records, nodeKey, ...(staysSame ? [] : [keyring])];
    const hasReplaced = await moveAway(places, replaced);
    for (const path of places) {
      if (!names.has(basename(path))) continue;
      await copyFile(join(folder, basename(path)), path);
      await chmod(path, PRIVATE_FILE);
    }
    return { replaced: hasReplaced ? replaced : null, hasKeys: staysSame || names.has(basename(keyring)) };
  } finally {
    lock.release();
  }
}

/** False where there was nothing. */
async function moveAway(places: readonly string[], folder: string): Promise<boolean> {
  let hasMoved = false;
  for (const path of places.flatMap((place) => BESIDE.map((suffix) => place + suffix))) {
    if (!(await isThere(path))) continue;
    if (!hasMoved) await mkdir(folder, { mode: PRIVATE_FOLDER });
    hasMoved = true;
    await rename(path, join(folder, basename(path)));
  }
  return hasMoved;
}

async function areEqual(path: string, folder: string): Promise<boolean> {
  if (!(await isThere(path))) return false;
  return (await readFile(path)).equals(await readFile(join(folder, basename(path))));
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(Boolean, () => false);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
