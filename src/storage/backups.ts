/** One copy of what a node keeps. */
export interface Backup {
  /** The moment it was made, as a name of a folder: `2026-11-22T120000Z`. */
  name: string;
  createdAtMs: number;
  bytes: number;
  /** Whether the epoch keys are in it: whoever has them and the sketches can test for a person. */
  hasKeys: boolean;
}

/** One file of a backup. */
export interface BackupFile {
  name: string;
  bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

/** Copies of a node's own files, made while it runs. All of one file is of one moment. */
export interface Backups {
  /** Where they lie. */
  readonly folder: string;
  /** Null when it is all; else what is not in them, for a person. */
  readonly leftOut: string | null;
  create(options: { withKeys: boolean }): Promise<Backup>;
  /** Newest first. */
  list(): Promise<Backup[]>;
  /** What a backup is made of; null when there is none of that name. */
  files(name: string): Promise<BackupFile[] | null>;
  /** False when there is none of that name. */
  remove(name: string): Promise<boolean>;
}
