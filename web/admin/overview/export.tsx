import type { Uncertain } from '../../../src/sketch/rounded.js';
import { addDays } from '../../shared/days.js';
import { WINDOWS } from '../../shared/windows.js';
import { type Cell, csvOf } from '../csv.js';
import { formatDays } from '../formats.js';
import { saveFile } from '../save-file.js';
import { t } from '../texts.js';
import { history, newcomers, now, own, period } from './feeds.js';
import { keptOf } from './kept.js';
import { daysBefore, isComparing, range, scope, today } from './range.js';

/** What is shown, as a table for a spreadsheet and as a picture. */
export function Export() {
  const isReady = history.state.value.value !== null;
  return (
    <div class="buttons screen-only">
      <button type="button" class="button" disabled={!isReady} onClick={saveTable}>
        {t('exportCsv')}
      </button>
      <button type="button" class="button" disabled={!isReady} onClick={() => void savePicture()}>
        {t('exportPng')}
      </button>
    </div>
  );
}

function saveTable(): void {
  const rows = [
    ...[...todayRows(), ...liveRows(), ...windowRows(), ...periodRows(), ...dayRows()],
    ...[...newcomerRows(), ...droppedRows()],
  ];
  saveFile(`${fileName()}.csv`, new Blob([csvOf([HEAD, ...rows])], { type: 'text/csv' }));
}

const HEAD = ['what', 'scope', 'from', 'to', 'people', 'low', 'high', 'hits'];

type Row = readonly Cell[];

/** Instants where something shorter than a day is meant, else days. */
function row(what: string, where: string, from: string, to: string, of: Uncertain, hits: Cell = null): Row {
  return [what, where, from, to, of.estimate, of.low, of.high, hits];
}

function todayRows(): Row[] {
  const shown = own.state.value.value;
  if (!shown || shown.hours === 0) return [];
  const until = `T${String(shown.hours).padStart(2, '0')}:00Z`;
  return (
    [
      [today(), shown.today],
      [addDays(today(), -1), shown.yesterday],
    ] as const
  ).map(([day, of]) => row('hours of a day', 'local', `${day}T00:00Z`, day + until, of, of.hits));
}

function liveRows(): Row[] {
  const shown = now.state.value.value;
  const lastDay = own.state.value.value?.lastDay;
  const live = shown?.live;
  return [
    ...(live ? [row('last 5 minutes', 'local', '', shown.asOf, live.fiveMinutes)] : []),
    ...(live ? [row('last hour', 'local', '', shown.asOf, live.hour)] : []),
    ...(lastDay ? [row('last 24 hours', 'local', '', own.state.value.value!.asOf, lastDay)] : []),
  ];
}

function windowRows(): Row[] {
  const shown = now.state.value.value;
  if (!shown) return [];
  const scopes = [
    ['local', shown.local],
    ['global', shown.federated ? shown.global : null],
  ] as const;
  return scopes.flatMap(([where, of]) =>
    of === null
      ? []
      : WINDOWS.map((name) => row(`window ${name}`, where, '', of.asOf ?? shown.asOf, of.windows[name])),
  );
}

function periodRows(): Row[] {
  const shown = period.state.value.value;
  if (!shown || scope() !== 'local') return [];
  const periods = [
    ['period', shown.period] as const,
    ...(isComparing() ? [['previous period', shown.previous] as const] : []),
  ];
  return periods.flatMap(([what, whole]) => {
    const kept = keptOf(whole);
    return kept ? [row(what, 'local', kept.from, kept.to, kept.uniques, kept.hits)] : [];
  });
}

function dayRows(): Row[] {
  const days = history.state.value.value?.days ?? [];
  const shown = range();
  const chosen = days.filter(({ day }) => day >= shown.from && day <= shown.to);
  const before = isComparing() ? daysBefore(days, shown).filter((day) => day !== null) : [];
  return [...before, ...chosen].map(({ day, uniques, low, high, hits }) =>
    row('day', scope(), day, day, { estimate: uniques, low, high }, hits),
  );
}

function newcomerRows(): Row[] {
  const shown = newcomers.state.value.value;
  return shown ? [row('new visitors', 'local', shown.day, shown.day, shown.fresh)] : [];
}

function droppedRows(): Row[] {
  const days = own.state.value.value?.dropped ?? [];
  return days.flatMap(({ day, reasons }) =>
    Object.entries(reasons).map(([reason, hits]) => [
      `left out: ${reason}`,
      'local',
      day,
      day,
      null,
      null,
      null,
      hits,
    ]),
  );
}

const MARGIN = 24;
const HEAD_HEIGHT = 64;

/** The chart under a line that says what it is: a picture goes where nobody sees the page around it. */
async function savePicture(): Promise<void> {
  const drawn = document.querySelector<HTMLCanvasElement>('.history-sheet canvas');
  if (!drawn) return;
  const scale = devicePixelRatio;
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width + 2 * MARGIN * scale;
  canvas.height = drawn.height + (HEAD_HEIGHT + 2 * MARGIN) * scale;
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(drawn.closest('.sheet')!);
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.color;
  const { from, to } = range();
  const where = scope() === 'local' ? t('here') : t('everywhere');
  const lines = [`${t('peopleADay')} · ${where}`, `${formatDays(from, to)} · UTC · ${location.host}`];
  for (const [index, line] of lines.entries()) {
    context.font = `${index === 0 ? 600 : 400} ${(index === 0 ? 18 : 14) * scale}px ${style.fontFamily}`;
    context.fillText(line, MARGIN * scale, (MARGIN + 18 + index * 24) * scale);
  }
  context.drawImage(drawn, MARGIN * scale, (MARGIN + HEAD_HEIGHT) * scale);
  const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (picture) saveFile(`${fileName()}.png`, picture);
}

function fileName(): string {
  const { from, to } = range();
  return `headcount-${scope()}-${from}-${to}`;
}
