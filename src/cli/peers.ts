import type { Command } from 'commander';
import type { PeerView } from '../federation/peer-view.js';
import { age, show, table, terminal } from './output.js';
import { withNode } from './with-node.js';

export function addPeers(program: Command): void {
  const peers = program.command('peers').description('the other nodes: who asked to join, who counts');

  peers
    .command('list', { isDefault: true })
    .description('every known node with its status, freshness and last error')
    .action(async (_options, command: Command) => {
      const list = await withNode((node) => node.get<{ peers: PeerView[] }>('/v1/admin/peers'));
      show(terminal(command.optsWithGlobals().json), list, ({ peers }) => words(peers));
    });

  peers
    .command('add <url>')
    .description('put the node at an address on the list, as if it had asked to join')
    .action(async (url: string, _options, command: Command) => {
      const peer = await withNode((client) => client.post<PeerView>('/v1/admin/peers', { url }));
      show(terminal(command.optsWithGlobals().json), peer, (added) => [
        `${nameOf(added)} is ${added.status}`,
        `words  ${added.words}`,
      ]);
    });

  peers
    .command('approve <node>')
    .description('let a waiting node in; its first days stay outside the headline')
    .option('--trusted', 'count it at once, without probation')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (node: string, options: { trusted?: boolean; why: string }, command: Command) => {
      const peer = await withNode((client) =>
        client.post<PeerView>(`/v1/admin/peers/${encodeURIComponent(node)}/approve`, {
          trusted: options.trusted ?? false,
          why: options.why,
        }),
      );
      show(terminal(command.optsWithGlobals().json), peer, (approved) => [
        `${nameOf(approved)} is now ${approved.status}`,
      ]);
    });

  peers
    .command('sub-hub <node>')
    .description('let a hub forward the reports of its members: whom it lets in is let in here')
    .option('--trusted', 'without probation, its own and that of its members')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (node: string, options: { trusted?: boolean; why: string }, command: Command) => {
      const peer = await withNode((client) =>
        client.post<PeerView>(`/v1/admin/peers/${encodeURIComponent(node)}/sub-hub`, {
          trusted: options.trusted ?? false,
          why: options.why,
        }),
      );
      show(terminal(command.optsWithGlobals().json), peer, (appointed) => [
        `${nameOf(appointed)} forwards the reports of its members`,
      ]);
    });

  for (const [verb, path, description] of [
    ['suspend', 'suspend', 'take a node out of every total until it is approved again'],
    [
      'auditor',
      'audit',
      'let a node read all reports and bring none: a second hub, or whoever checks this one',
    ],
  ] as const) {
    peers
      .command(`${verb} <node>`)
      .description(description)
      .option('--why <reason>', 'for the audit log', '')
      .action(async (node: string, options: { why: string }, command: Command) => {
        const peer = await withNode((client) =>
          client.post<PeerView>(`/v1/admin/peers/${encodeURIComponent(node)}/${path}`, options),
        );
        show(terminal(command.optsWithGlobals().json), peer, (changed) => [
          `${nameOf(changed)} is now ${changed.role === 'auditor' ? 'an auditor' : changed.status}`,
        ]);
      });
  }

  peers
    .command('forget <node>')
    .description('refuse a request, or forget a node that moved: it may ask again')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (node: string, options: { why: string }, command: Command) => {
      await withNode((client) => client.post(`/v1/admin/peers/${encodeURIComponent(node)}/forget`, options));
      show(terminal(command.optsWithGlobals().json), { node }, () => [`${node} is forgotten`]);
    });

  peers
    .command('remove <node>')
    .description('take a node and all it reported out of every total')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (node: string, options: { why: string }, command: Command) => {
      const peer = await withNode((client) =>
        client.delete<PeerView>(
          `/v1/admin/peers/${encodeURIComponent(node)}?${new URLSearchParams(options)}`,
        ),
      );
      show(terminal(command.optsWithGlobals().json), peer, (removed) => [`${nameOf(removed)} is removed`]);
    });
}

function words(peers: readonly PeerView[]): string[] {
  if (peers.length === 0) return ['no other node is known'];
  const nowMs = Date.now();
  const rows = peers.map((peer) => [
    peer.name ?? '–',
    peer.node,
    peer.words,
    peer.via.length > 0 ? `${peer.role} of ${peer.via.join(', ')}` : peer.role,
    peer.contradiction ? `${peer.status} (two ${peer.contradiction})` : peer.status,
    age(timeOf(peer.lastSeenAt), nowMs),
    peer.lastError ?? '',
  ]);
  return [table(['name', 'node id', 'words', 'role', 'status', 'seen', 'last error'], rows)];
}

function timeOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}

function nameOf(peer: PeerView): string {
  return peer.name ? `${peer.name} (${peer.node})` : peer.node;
}
