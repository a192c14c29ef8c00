import type { Backup, BackupFile, Backups } from '../backups.js';

/** Of a node that keeps everything in memory there is nothing to copy: it only remembers that it was asked. */
export class MemoryBackups implements Backups {
  readonly folder = 'memory';
  readonly leftOut = 'everything, which is in memory';
  private backups: Backup[] = [];

  async create({ withKeys }: { withKeys: boolean }): Promise<Backup> {
    const number = this.backups.length;
    const backup = { name: `copy-${number}`, createdAtMs: number, bytes: 0, hasKeys: withKeys };
    this.backups = [backup, ...this.backups];
    return backup;
  }

  async list(): Promise<Backup[]> {
    return this.backups;
  }

  async files(name: string): Promise<BackupFile[] | null> {
    return this.backups.some((backup) => backup.name === name) ? [] : null;
  }

  async remove(name: string): Promise<boolean> {
    const before = this.backups.length;
    this.backups = this.backups.filter((backup) => backup.name !== name);
    return this.backups.length < before;
  }
}
