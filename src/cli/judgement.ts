import type { Command } from 'commander';
import type { AuditPage, OriginsPage, ReleasedView } from '../federation/admin-views.js';
import type { AlertsAnswer } from '../federation/alert-views.js';
import type { OriginView, PrivacyMode, RulingView } from '../federation/origin-view.js';
import { addAlerts, alertWords } from './alerts.js';
import { age, type Column, columns, show, table, terminal, whole } from './output.js';
import { addPreview } from './preview.js';
import { ruleWords } from './rule-words.js';
import { wholeNumber } from './whole-number.js';
import { withNode } from './with-node.js';

const SHOWN_MAX = 200;

/** What `headcount federation` says and decides of the origins' figures. */
export function addJudgement(federation: Command): void {
  federation
    .command('status')
    .description('each origin: estimate, trend, share, freshness, errors, held reports and why')
    .option('--limit <n>', `how many, largest first, ${SHOWN_MAX} at most`, wholeNumber, 50)
    .option('--from <n>', 'how many to leave out', wholeNumber, 0)
    .action(async ({ limit, from }: { limit: number; from: number }, command: Command) => {
      const status = await withNode(async (node) => ({
        ...(await node.get<OriginsPage>(`/v1/admin/federation/origins?limit=${limit}&from=${from}`)),
        ...(await node.get<AlertsAnswer>('/v1/admin/alerts')),
        from,
      }));
      show(terminal(command.optsWithGlobals().json), status, statusWords);
    });

  addAlerts(federation);
  addPreview(federation);

  for (const verdict of ['hold', 'exclude'] as const) {
    federation
      .command(`${verdict} <node> [day]`)
      .description(
        verdict === 'hold'
          ? 'take a day of an origin, or all of its days, out of the totals while you look into it'
          : 'take a day of an origin, or all of its days, out of the totals for good',
      )
      .option('--why <reason>', 'for the audit log', '')
      .action(async (node: string, day: string | undefined, options: { why: string }, command: Command) => {
        const body = { node, day: day ?? null, verdict, why: options.why };
        const ruling = await withNode((client) =>
          client.post<RulingView>('/v1/admin/federation/rulings', body),
        );
        show(terminal(command.optsWithGlobals().json), ruling, () => [
          `${day ?? 'all days'} of ${node} no longer count; \`headcount federation lift\` undoes it`,
        ]);
      });
  }

  federation
    .command('lift <node> [day]')
    .description('undo a hold or an exclusion')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (node: string, day: string | undefined, options: { why: string }, command: Command) => {
      const query = new URLSearchParams({ ...(day && { day }), why: options.why });
      const path = `/v1/admin/federation/rulings/${encodeURIComponent(node)}?${query}`;
      const lifted = await withNode((client) => client.delete<{ lifted: true }>(path));
      show(terminal(command.optsWithGlobals().json), lifted, () => [
        `${day ?? 'all days'} of ${node} count again`,
      ]);
    });

  federation
    .command('release <node> [day]')
    .description('count the report of a day that a rule holds back, or all of an origin that are held')
    .option('--why <reason>', 'for the audit log', '')
    .action(async (node: string, day: string | undefined, options: { why: string }, command: Command) => {
      const body = { node, day: day ?? null, why: options.why };
      const answer = await withNode((client) =>
        client.post<ReleasedView>('/v1/admin/federation/release', body),
      );
      show(terminal(command.optsWithGlobals().json), answer, ({ released }) =>
        released.map(
          ({ day, uniques, hits }) =>
            `${day} of ${node} counts with ${whole(uniques)} people and ${whole(hits)} hits`,
        ),
      );
    });
}

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('who decided what, when and why; whether the log was tampered with')
    .option('--limit <n>', 'how many, newest first, 500 at most', wholeNumber, 50)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const page = await withNode((node) => node.get<AuditPage>(`/v1/admin/audit?limit=${limit}`));
      show(terminal(command.optsWithGlobals().json), page, auditWords);
    });
}

function statusWords(status: OriginsPage & AlertsAnswer & { from: number }): string[] {
  const { origins, count, from } = status;
  if (count === 0) return ['no origin is known yet', ...alertWords(status)];
  const nowMs = Date.now();
  const rows = origins.map((origin) => {
    const month = origin.windows?.['30d'];
    return {
      cells: [
        origin.name ?? '–',
        whole(month?.estimate ?? null),
        percent(month?.share ?? null),
        whole(month?.marginal ?? null),
        sparkline(origin.trend.map(({ uniques }) => uniques)),
        freshness(origin, nowMs),
      ],
      below: [`${origin.node}  ${origin.status}`, circumstances(origin)],
    };
  });
  const shown =
    count > origins.length
      ? [`${whole(from + 1)} to ${whole(from + origins.length)} of ${whole(count)}`]
      : [];
  return [columns(COLUMNS, rows), ...shown, ...origins.flatMap(remarks), ...alertWords(status)];
}

/** Three lines for each origin, none of them longer than a terminal of 80 columns. */
const COLUMNS: readonly Column[] = [
  { title: 'origin', width: 20, align: 'left' },
  { title: '30 d', width: 11, align: 'right' },
  { title: 'share', width: 7, align: 'right' },
  { title: 'marginal', width: 10, align: 'right' },
  { title: '14 d', width: 14, align: 'right' },
  { title: 'newest', width: 8, align: 'right' },
];

const PRIVACY_WORDS: Record<PrivacyMode, string> = {
  sketches: 'shares sketches',
  'large-days': 'sketches of large days',
  counts: 'counts only',
  blind: 'blind',
};

/** `in step, clock -0.7 s, headcount 0.1.0, shares sketches` */
function circumstances({ exchange, clockOffsetMs, software, privacy }: OriginView): string {
  const clock = clockOffsetMs === null ? null : `clock ${(clockOffsetMs / 1000).toFixed(1)} s`;
  const parts = [exchange && exchangeWords(exchange), clock, software, privacy && PRIVACY_WORDS[privacy]];
  return parts.filter((part) => part !== null).join(', ');
}

/** What needs a person's eye, in a line each. */
function remarks({ name, node, held, rulings, lastError }: OriginView): string[] {
  const who = name ? `${name} (${node})` : node;
  return [
    ...held.map(
      ({ day, uniques, counted, ...why }) =>
        `held        ${who}: ${day} says ${whole(uniques)} people, ${whole(counted?.uniques ?? 0)} count (${ruleWords(why)})`,
    ),
    ...rulings.map(
      ({ day, verdict, by, why }) =>
        `ruled       ${who}: ${verdict} ${day ?? 'all days'}, by ${by}${why === '' ? '' : `: ${why}`}`,
    ),
    ...(lastError === null ? [] : [`error       ${who}: ${lastError}`]),
  ];
}

/** `3 min`; in brackets where it is stale by its own word. */
function freshness({ newestReport }: OriginView, nowMs: number): string {
  if (!newestReport) return 'never';
  const since = age(Date.parse(newestReport.issuedAt), nowMs).replace(' ago', '');
  return newestReport.fresh ? since : `(${since})`;
}

function exchangeWords({ state, breaker }: NonNullable<OriginView['exchange']>): string {
  return breaker === 'closed' ? state : `${state}, breaker ${breaker}`;
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

const BARS = '▁▂▃▄▅▆▇█';

/** A bar for each day, against the largest; a dot where nothing was reported. */
function sparkline(values: readonly (number | null)[]): string {
  const largest = Math.max(1, ...values.map((value) => value ?? 0));
  const bar = (value: number) => BARS[Math.min(7, Math.floor((value / largest) * 8))];
  return values.map((value) => (value === null ? '·' : bar(value))).join('');
}

function auditWords({ entries, firstBroken }: AuditPage): string[] {
  const rows = entries.map(({ number, at, by, action, subject, why }) => [
    String(number),
    at,
    by,
    action,
    Object.values(subject)
      .filter((value) => value !== null)
      .join(' '),
    why,
  ]);
  const whole =
    firstBroken === null
      ? 'the log is whole'
      : `the log was tampered with: entry ${firstBroken} is missing or not as written`;
  return [table(['#', 'when', 'who', 'what', 'whom', 'why'], rows), whole];
}
