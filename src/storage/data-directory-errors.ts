/** The data directory cannot be used, whoever asks: what is wrong and what to do. */
export class DataDirectoryUnusableError extends Error {
  override readonly name = 'DataDirectoryUnusableError';
}

/** Another node runs on this data directory. Two would overwrite each other's counts and reports. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  /** `pid` is null when the holder has not said who it is. */
  constructor(
    dataDir: string,
    readonly pid: number | null,
  ) {
    const holder = pid === null ? 'another process' : `process ${pid}`;
    super(
      `${dataDir} is in use by ${holder}: stop that node first, ` +
        'or give this one a directory of its own (HEADCOUNT_DATA_DIR)',
    );
  }
}

/** A file with keys can be read by others, or is no plain file. Nothing was read. */
export class PrivateFileError extends Error {
  override readonly name = 'PrivateFileError';
}
