import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrivateFileError } from '../data-directory-errors.js';
import { errorCodeOf } from '../error-code.js';

/** A key file is a few hundred bytes; whatever is longer is something else. */
const TEXT_BYTES_MAX = 65_536;
const OTHERS = 0o077;

/** The text of a file that only its owner can read; null when there is none. Throws PrivateFileError for any other. */
export async function readPrivateText(path: string): Promise<string | null> {
  const file = await openExisting(path, 'r');
  if (file === null) return null;
  try {
    await refuseUnlessPrivate(path, file);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Writes the whole text or nothing: a crash at any moment leaves the old file or the new one, both complete. The
 * text goes to `<path>.new` (mode 0600) in the same directory first, then takes the name.
 */
export async function writePrivateText(path: string, text: string): Promise<void> {
  await removeUnfinished(path);
  const file = await open(unfinishedOf(path), 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinishedOf(path), path);
  await syncDirectory(dirname(path));
}

/**
 * The same, and the old file's bytes are overwritten with zeros once the new ones are safe.
 *
 * What this can't reach: copies that a copy-on-write or journalling file system, a snapshot, an SSD's wear levelling
 * or a backup has made; and after a crash in the moment between the new name and the zeros, the old blocks stay as
 * they are until the disk uses them again. Keys that must be gone for sure need an encrypted disk.
 */
export async function replacePrivateText(path: string, text: string): Promise<void> {
  const old = await openExisting(path, 'r+');
  try {
    await writePrivateText(path, text);
    if (old !== null) await overwriteWithZeros(old);
  } finally {
    await old?.close();
  }
}

/** Destroys what a crash left behind of a file that never took its name: it holds keys too. */
export async function removeUnfinished(path: string): Promise<void> {
  const file = await openExisting(unfinishedOf(path), 'r+');
  if (file === null) return;
  try {
    await overwriteWithZeros(file);
  } finally {
    await file.close();
  }
  await unlink(unfinishedOf(path));
}

function unfinishedOf(path: string): string {
  return `${path}.new`;
}

async function openExisting(path: string, flags: 'r' | 'r+'): Promise<FileHandle | null> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function refuseUnlessPrivate(path: string, file: FileHandle): Promise<void> {
  const { mode, size } = await file.stat();
  if ((mode & OTHERS) !== 0) {
    const octal = (mode & 0o777).toString(8);
    throw new PrivateFileError(`others can read or write ${path} (mode ${octal}). Run: chmod 600 ${path}`);
  }
  if (size > TEXT_BYTES_MAX) {
    throw new PrivateFileError(`${path} has ${size} bytes, which is no key file (at most ${TEXT_BYTES_MAX})`);
  }
}

async function overwriteWithZeros(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size), 0, size, 0);
  await file.sync();
}

/** Makes the new name durable. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
