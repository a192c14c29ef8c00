import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../../clock/clock.js';
import type { Backup, BackupFile, Backups } from '../backups.js';
import type { DataPaths } from '../data-paths.js';
import { copyDatabase } from './copy-database.js';

const NAME = /^(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const UNFINISHED = '.unfinished';
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/** A folder for each copy. It gets its name when it is whole: what has a name can be restored. */
export class FileBackups implements Backups {
  readonly leftOut: string | null;
  private creating: Promise<Backup> | null = null;

  constructor(
    readonly folder: string,
    private readonly paths: Pick<DataPaths, 'counts' | 'records' | 'nodeKey' | 'keyring'>,
    private readonly clock: Clock,
    private readonly countsAreHere: boolean,
  ) {
    this.leftOut = countsAreHere ? null : 'the counts, which are in Redis';
  }

  /** Two at once are one. */
  create(options: { withKeys: boolean }): Promise<Backup> {
    this.creating ??= this.copyAll(options.withKeys).finally(() => {
      this.creating = null;
    });
    return this.creating;
  }

  async list(): Promise<Backup[]> {
    const names = await readdir(this.folder).catch(() => []);
    const backups = await Promise.all(names.filter((name) => NAME.test(name)).map((name) => this.look(name)));
    return backups.sort((a, b) => b.createdAtMs - a.createdAtMs);
  }

  async files(name: string): Promise<BackupFile[] | null> {
    if (!(await this.has(name))) return null;
    const folder = join(this.folder, name);
    return Promise.all(
      (await readdir(folder)).sort().map(async (file) => ({
        ...{ name: file, bytes: (await stat(join(folder, file))).size },
        read: () => createReadStream(join(folder, file)),
      })),
    );
  }

  async remove(name: string): Promise<boolean> {
    if (!(await this.has(name))) return false;
    await rm(join(this.folder, name), { recursive: true });
    return true;
  }

  private async has(name: string): Promise<boolean> {
    return (await this.list()).some((backup) => backup.name === name);
  }

  private async copyAll(withKeys: boolean): Promise<Backup> {
    const { counts, records, nodeKey, keyring } = this.paths;
    const nowMs = this.clock.nowMs();
    const name = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '')}Z`;
    const unfinished = join(this.folder, UNFINISHED);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: PRIVATE_FOLDER });
    const target = (path: string) => join(unfinished, basename(path));
    for (const path of this.countsAreHere ? [counts, records] : [records])
      await copyDatabase(path, target(path));
    for (const path of withKeys ? [nodeKey, keyring] : [nodeKey]) await copyFile(path, target(path));
    for (const file of await readdir(unfinished)) await chmod(join(unfinished, file), PRIVATE_FILE);
    await rm(join(this.folder, name), { recursive: true, force: true });
    await rename(unfinished, join(this.folder, name));
    return this.look(name);
  }

  private async look(name: string): Promise<Backup> {
    const files = await readdir(join(this.folder, name));
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(this.folder, name, file))).size),
    );
    return {
      ...{ name, createdAtMs: Date.parse(name.replace(NAME, '$1T$2:$3:$4Z')) },
      ...{ bytes: sizes.reduce((sum, size) => sum + size, 0) },
      hasKeys: files.includes(basename(this.paths.keyring)),
    };
  }
}
