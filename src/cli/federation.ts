import type { Command } from 'commander';
import type { Cut } from '../federation/core/keyings.js';
import type { Leaving } from '../federation/federation-admin.service.js';
import type { FederationView } from '../federation/federation-view.js';
import { addJudgement } from './judgement.js';
import { show, terminal } from './output.js';
import { addStatutes } from './statutes.js';
import { withNode } from './with-node.js';

export function addFederation(program: Command): void {
  const federation = program
    .command('federation')
    .description('found a federation, or bring its key to this node');

  federation
    .command('show', { isDefault: true })
    .description('the federation that this node counts for')
    .action(async (_options, command: Command) => {
      const view = await withNode((node) => node.get<FederationView>('/v1/admin/federation'));
      show(terminal(command.optsWithGlobals().json), view, words);
    });

  federation
    .command('new <name>')
    .description('found a federation with keys of its own')
    .action(async (name: string, _options, command: Command) => {
      const view = await withNode((node) => node.post<FederationView>('/v1/admin/federation', { name }));
      show(terminal(command.optsWithGlobals().json), view, (founded) => [
        ...words(founded),
        'Hand the line of `headcount federation export` privately to each operator who joins;',
        'a hub that counts no site of its own gets the line of `headcount federation export --public`.',
      ]);
    });

  federation
    .command('export')
    .description('the federation as one line, with its current key: keep it secret')
    .option('--public', 'without the key, for a hub that counts no site of its own')
    .action(async (options: { public?: boolean }, command: Command) => {
      const path = `/v1/admin/federation/export?public=${options.public ?? false}`;
      const exported = await withNode((node) => node.get<{ line: string }>(path));
      show(terminal(command.optsWithGlobals().json), exported, ({ line }) => [line]);
    });

  federation
    .command('import <line>')
    .description('join the federation that the line describes (- reads it from standard input)')
    .action(async (line: string, _options, command: Command) => {
      const given = line === '-' ? await standardInput() : line;
      const view = await withNode((node) =>
        node.post<FederationView>('/v1/admin/federation/import', { line: given.trim() }),
      );
      show(terminal(command.optsWithGlobals().json), view, words);
    });

  federation
    .command('leave')
    .description("withdraw this node's days everywhere, and stand alone again")
    .action(async (_options, command: Command) => {
      const leaving = await withNode((node) => node.post<Leaving>('/v1/admin/federation/leave', {}));
      show(terminal(command.optsWithGlobals().json), leaving, ({ untold }) => [
        'this node has left: its days are withdrawn, and it counts under keys of its own',
        ...untold.map((url) => `${url} did not answer: its operator removes this node with \`peers remove\``),
      ]);
    });

  federation
    .command('cut')
    .description('start a new chain of keys tomorrow, for everyone who may still receive keys')
    .requiredOption('--why <text>', 'what everybody is told: a leaked line, a stolen machine')
    .action(async (options: { why: string }, command: Command) => {
      const cut = await withNode((node) => node.post<Cut>('/v1/admin/federation/cut', { why: options.why }));
      show(terminal(command.optsWithGlobals().json), cut, cutWords);
    });

  federation
    .command('resume')
    .description('report again, after another copy of this node was found and stopped')
    .action(async (_options, command: Command) => {
      const view = await withNode((node) => node.post<FederationView>('/v1/admin/federation/resume', {}));
      show(terminal(command.optsWithGlobals().json), view, words);
    });

  addStatutes(federation);
  addJudgement(federation);
}

function cutWords({ from, reaches, leftBehind }: Cut): string[] {
  return [
    `from ${from} on this federation counts under new keys, at this node and ${reaches.length} ${reaches.length === 1 ? 'other' : 'others'}`,
    'windows that reach behind that day are bounds until they have passed',
    ...leftBehind.map(
      (node) =>
        `${node} was endorsed by nobody and stays behind: give it the line of \`headcount federation export\` on ${from}`,
    ),
  ];
}

function words(view: FederationView): string[] {
  const lines = [
    `federation  ${view.name ?? '(none yet: this node stands alone)'}`,
    `id          ${view.federation}`,
    `identity    ${view.identity}, epochs of ${view.epochDays} days since ${view.dayZero}`,
    `keys        ${view.keys.length > 0 ? view.keys.join(', ') : 'none: this node is blind'}`,
  ];
  if (view.next)
    lines.push(
      `from ${view.next.firstDay}  ${view.next.name ?? view.next.federation} (days until then are counted under the old keys)`,
    );
  return lines;
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
