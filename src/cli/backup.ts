import type { Command } from 'commander';
import type { BackupsView, BackupView } from '../backup/backup.controller.js';
import { loadConfig } from '../config/load-config.js';
import { type Restored, restoreBackup } from '../storage/restore-backup.js';
import { show, table, terminal, whole } from './output.js';
import { withNode } from './with-node.js';

const BACKUPS = '/v1/admin/backup';

export function addBackup(program: Command): void {
  const backup = program.command('backup').description('copies of what the node keeps, made while it runs');

  backup
    .command('create', { isDefault: true })
    .description('make one; without the epoch keys, which should die')
    .option('--with-keys', 'the epoch keys too: whoever has them and the sketches can test for a person')
    .action(async (options: { withKeys?: boolean }, command: Command) => {
      const made = await withNode((node) =>
        node.post<BackupView>(BACKUPS, { withKeys: options.withKeys ?? false }),
      );
      show(terminal(command.optsWithGlobals().json), made, ({ name, bytes }) => [
        `backups/${name} in the data directory, ${whole(bytes)} bytes`,
      ]);
    });

  backup
    .command('list')
    .description('every backup, newest first')
    .action(async (_options, command: Command) => {
      const list = await withNode((node) => node.get<BackupsView>(BACKUPS));
      show(terminal(command.optsWithGlobals().json), list, listWords);
    });

  backup
    .command('restore <name>')
    .description(
      'put a backup, by its name or its folder, in the place of what the node keeps; stop the node first',
    )
    .action(async (name: string, _options, command: Command) => {
      const restored = await restoreBackup(loadConfig().dataDir, name, Date.now());
      show(terminal(command.optsWithGlobals().json), restored, restoredWords);
    });

  backup
    .command('remove <name>')
    .description('delete a backup')
    .action(async (name: string, _options, command: Command) => {
      const left = await withNode((node) =>
        node.delete<BackupsView>(`${BACKUPS}/${encodeURIComponent(name)}`),
      );
      show(terminal(command.optsWithGlobals().json), left, () => [`${name} is deleted`]);
    });
}

function restoredWords({ replaced, hasKeys }: Restored): string[] {
  return [
    'the backup is in its place',
    ...(replaced === null ? [] : [`What was there before is in ${replaced}: delete it when all is well.`]),
    ...(hasKeys
      ? []
      : ['It has no epoch keys: in a federation, give it the line of a member (federation import) first.']),
    'Start the node, and never another copy of it.',
  ];
}

function listWords({ folder, leftOut, backups }: BackupsView): string[] {
  const rows = backups.map(({ name, bytes, hasKeys }) => [name, whole(bytes), hasKeys ? 'yes' : 'no']);
  return [
    backups.length === 0 ? 'there is no backup' : table(['name', 'bytes', 'epoch keys'], rows),
    `They are in ${folder}${leftOut === null ? '' : `, without ${leftOut}`}.`,
  ];
}
