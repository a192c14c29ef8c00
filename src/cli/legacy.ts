import type { Command } from 'commander';
import type { LegacyView } from '../compat/legacy-admin.controller.js';
import { age, show, table, terminal, whole } from './output.js';
import { withNode } from './with-node.js';

export function addLegacy(program: Command): void {
  const legacy = program
    .command('legacy')
    .description('instances of the earlier add-on counter that send plain counts');

  legacy
    .command('list', { isDefault: true })
    .description('every instance, shown or waiting')
    .action(async (_options, command: Command) => {
      const list = await withNode((node) => node.get<{ instances: LegacyView[] }>('/v1/admin/legacy'));
      show(terminal(command.optsWithGlobals().json), list, ({ instances }) => words(instances));
    });

  legacy
    .command('show <instance>')
    .description('show an instance, and add its count to the sum')
    .action(async (instance: string, _options, command: Command) => {
      const view = await withNode((node) => node.post<LegacyView>(pathOf(instance)));
      show(terminal(command.optsWithGlobals().json), view, () => [`${instance} is shown now, as unverified`]);
    });

  legacy
    .command('hide <instance>')
    .description('show an instance no more')
    .action(async (instance: string, _options, command: Command) => {
      const view = await withNode((node) => node.delete<LegacyView>(pathOf(instance)));
      show(terminal(command.optsWithGlobals().json), view, () => [`${instance} is not shown any more`]);
    });
}

function pathOf(instance: string): string {
  return `/v1/admin/legacy/${encodeURIComponent(instance)}/list`;
}

function words(instances: readonly LegacyView[]): string[] {
  if (instances.length === 0) return ['no instance of the earlier system has sent a count'];
  const nowMs = Date.now();
  const rows = instances.map(({ instance, count, receivedAt, listed }) => [
    instance,
    whole(count),
    age(Date.parse(receivedAt), nowMs),
    listed ? 'shown' : 'waiting',
  ]);
  return [table(['instance', 'count', 'received', 'status'], rows)];
}
