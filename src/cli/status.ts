import type { Command } from 'commander';
import type { NodeStatus } from '../federation/node-status.js';
import { age, show, terminal } from './output.js';
import { withNode } from './with-node.js';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('what this node is, what it counted today, and how its exchanges go')
    .action(async (_options, command: Command) => {
      const status = await withNode((node) => node.get<NodeStatus>('/v1/admin/status'));
      show(terminal(command.optsWithGlobals().json), status, words);
    });
}

function words(status: NodeStatus): string[] {
  const nowMs = Date.now();
  const lines = [
    `node        ${status.name ? `${status.name} · ` : ''}${status.node}`,
    `words       ${status.words}`,
    `role        ${status.role}${status.counting ? '' : ', blind: it counts no site and holds no key'}`,
    `federation  ${status.federation ?? 'none'}`,
    `today       ${status.today.hits} ${status.today.hits === 1 ? 'hit' : 'hits'}${droppedWords(status.today.dropped)}`,
  ];
  for (const exchange of status.exchanges) {
    const error = exchange.lastError ? `: ${exchange.lastError}` : '';
    const pin = exchange.pin === 'first-contact' ? ', key pinned at first contact' : '';
    lines.push(
      `exchange    ${exchange.url} ${exchange.state}${progressWords(exchange.catchUp)}${error}${pin}`,
    );
  }
  if (status.totalAsOf) {
    const from = status.totalFrom ? ` from ${status.totalFrom}` : '';
    lines.push(`total       as of ${age(Date.parse(status.totalAsOf), nowMs)}${from}`);
  }
  return [...lines, ...status.warnings.map((warning) => `warning     ${warning}`)];
}

function progressWords(catchUp: NodeStatus['exchanges'][number]['catchUp']): string {
  if (!catchUp) return '';
  const { daysDone, days, reports } = catchUp;
  return `, catching up: day ${daysDone + 1} of ${days}, ${reports} ${reports === 1 ? 'report' : 'reports'} so far`;
}

function droppedWords(dropped: Readonly<Record<string, number>>): string {
  const parts = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  return parts.length > 0 ? ` (not counted: ${parts.join(', ')})` : '';
}
