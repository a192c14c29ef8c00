import type { Command } from 'commander';
import type { JoiningView } from '../federation/joining-view.js';
import { show, table, terminal } from './output.js';
import { withNode } from './with-node.js';

/** How a node comes to a federation and to its key. */
export function addJoining(program: Command): void {
  program
    .command('invite')
    .description('print an invite for another node, valid for seven days: it holds no key')
    .action(async (_options, command: Command) => {
      const invited = await withNode((node) => node.post<{ invite: string }>('/v1/admin/invites', {}));
      show(terminal(command.optsWithGlobals().json), invited, ({ invite }) => [invite]);
    });

  program
    .command('join <invite>')
    .description('join a federation: ask its hub to be let in, and the inviter for the key')
    .action(async (invite: string, _options, command: Command) => {
      const view = await withNode((node) => node.post<JoiningView>('/v1/admin/join', { invite }));
      show(terminal(command.optsWithGlobals().json), view, joinedWords);
    });

  program
    .command('requests')
    .description('who asks this node for the key, who offers one, and the words to compare')
    .action(async (_options, command: Command) => {
      const view = await withNode((node) => node.get<JoiningView>('/v1/admin/joining'));
      show(terminal(command.optsWithGlobals().json), view, requestWords);
    });

  for (const [verb, description, done] of [
    [
      'endorse',
      'give the key to a node that asks, after comparing its words',
      'has the key now, sealed to it alone',
    ],
    ['withhold', 'give a node no later key, whoever else endorses it', 'gets no later key from this node'],
    ['accept', 'take the key that a member offers, after comparing its words', 'gave this node the key'],
  ] as const) {
    program
      .command(`${verb} <node>`)
      .description(description)
      .option('--why <reason>', 'for the audit log', '')
      .action(async (node: string, { why }: { why: string }, command: Command) => {
        const view = await withNode((client) => client.post<JoiningView>(`/v1/admin/${verb}`, { node, why }));
        show(terminal(command.optsWithGlobals().json), view, () => [`${node} ${done}`]);
      });
  }
}

function joinedWords({ words, waitingFor, restarting }: JoiningView): string[] {
  if (!waitingFor) return ['the key has come: this node is in the federation'];
  return [
    restarting
      ? `starts anew as a peer of ${waitingFor.url}, and asks ${waitingFor.inviter} for the key`
      : `asked ${waitingFor.url} to be let in, and ${waitingFor.inviter} for the key`,
    `your words: ${words}`,
    'Tell them to whoever invited you: they approve the node whose words they see. It goes on by itself then.',
  ];
}

function requestWords({ words, waitingFor, requests, offers }: JoiningView): string[] {
  const lines = [`this node's words: ${words}`];
  if (waitingFor) lines.push(`waiting for the key of ${waitingFor.inviter}`);
  if (requests.length > 0) {
    const rows = requests.map((asker) => [
      asker.name ?? '–',
      asker.node,
      asker.words,
      asker.invited ? 'yes' : 'NO',
      asker.endorsed ? 'given' : 'asks',
    ]);
    lines.push(table(['asks for the key', 'node id', 'words', 'your invite', 'key'], rows));
    lines.push('Compare the words with what that node shows, then `headcount endorse <node id>`.');
  }
  if (offers.length > 0) {
    const rows = offers.map(({ name, node, words: theirs, federation }) => [
      name ?? '–',
      node,
      theirs,
      federation,
    ]);
    lines.push(table(['offers a key', 'node id', 'words', 'federation'], rows));
    lines.push('Compare the words with what that node shows, then `headcount accept <node id>`.');
  }
  return requests.length + offers.length === 0 ? [...lines, 'nobody asks'] : lines;
}
