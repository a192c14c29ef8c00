import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DataDirectoryUnusableError } from '../data-directory-errors.js';
import { type DataPaths, dataPathsOf } from '../data-paths.js';
import { errorCodeOf } from '../error-code.js';

const OTHERS = 0o077;

export interface DataDirectory {
  paths: DataPaths;
  /** What the operator should mend, although the node can run. */
  warnings: string[];
}

/**
 * Creates the directory (mode 0700) unless it is there. The files that hold keys are mode 0600 themselves, so a
 * directory that others can look into is a warning; one that can't be written is a DataDirectoryUnusableError.
 */
export async function openDataDirectory(dataDir: string): Promise<DataDirectory> {
  try {
    await makeDirectory(resolve(dataDir));
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataDirectoryUnusableError(
      `the data directory ${dataDir} cannot be used (${reason}): ` +
        'HEADCOUNT_DATA_DIR must name a directory that this user may read and write',
      { cause: error },
    );
  }
  return { paths: dataPathsOf(dataDir), warnings: warningsOf(dataDir, (await stat(dataDir)).mode) };
}

/** One level after the other: Node's own recursion never ends where a level can't be made, as below /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    const isParentThere = parent === path || (await stat(parent).then(Boolean, () => false));
    if (code !== 'ENOENT' || isParentThere) throw error;
    await makeDirectory(parent);
    await mkdir(path, { mode: 0o700 });
  }
}

function warningsOf(dataDir: string, mode: number): string[] {
  if ((mode & OTHERS) === 0) return [];
  const octal = (mode & 0o777).toString(8);
  return [`others can look into the data directory (mode ${octal}). Run: chmod 700 ${dataDir}`];
}
