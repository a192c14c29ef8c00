import type { Command } from 'commander';
import type { AlertsAnswer, AlertView } from '../federation/alert-views.js';
import { age, show, terminal, whole } from './output.js';
import { withNode } from './with-node.js';

/** What `headcount federation` says a person should look at. */
export function addAlerts(federation: Command): void {
  federation
    .command('alerts')
    .description('what a person should look at; nothing is held for it')
    .action(async (_options, command: Command) => {
      const answer = await withNode((node) => node.get<AlertsAnswer>('/v1/admin/alerts'));
      show(terminal(command.optsWithGlobals().json), answer, (told) =>
        told.alerts.length === 0 ? ['no alert stands'] : alertWords(told),
      );
    });

  federation
    .command('acknowledge <alert>')
    .description('say that you have seen an alert; it goes when its reason does')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (id: string, options: { why: string }, command: Command) => {
      const path = `/v1/admin/alerts/${encodeURIComponent(id)}/acknowledge`;
      const alert = await withNode((node) => node.post<AlertView>(path, options));
      show(terminal(command.optsWithGlobals().json), alert, (seen) => [lineOf(seen, Date.now())]);
    });
}

/** One line for each alert, and how many more there are of a name. */
export function alertWords({ alerts, counts }: AlertsAnswer): string[] {
  const nowMs = Date.now();
  const shown = (name: string) => alerts.filter((alert) => alert.name === name).length;
  const more = Object.entries(counts)
    .map(([name, count]) => ({ name, count: count - shown(name) }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `alert       ${name}: ${whole(count)} more`);
  return [...alerts.map((alert) => lineOf(alert, nowMs)), ...more];
}

/** `alert       stale.…: Name, 30, at most 24, since 5 h ago` */
function lineOf(alert: AlertView, nowMs: number): string {
  const { id, nodeName, otherName, measured, threshold, since, acknowledged } = alert;
  const names = [nodeName, otherName].filter((name) => name !== null).join(' and ');
  const bound = id === 'roster-expiring' ? 'at least' : 'at most';
  const figures = measured === null ? '' : `${figure(measured)}, ${bound} ${figure(threshold ?? 0)}`;
  const told = [names, figures, `since ${age(Date.parse(since), nowMs)}`].filter((part) => part !== '');
  const seen = acknowledged && `acknowledged by ${acknowledged.by}`;
  const why = acknowledged && acknowledged.why !== '' ? `: ${acknowledged.why}` : '';
  return `alert       ${id}: ${told.join(', ')}${seen ? ` (${seen}${why})` : ''}`;
}

function figure(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(2);
}
