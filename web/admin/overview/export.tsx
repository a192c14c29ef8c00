import { formatDay } from '../../i18n/formats.js';
import { WINDOWS } from '../../shared/windows.js';
import { csvOf } from '../csv.js';
import { saveFile } from '../save-file.js';
import { t } from '../texts.js';
import { history, now, period } from './feeds.js';
import { daysBefore, isComparing, range, scope } from './range.js';

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
  saveFile(
    `${fileName()}.csv`,
    new Blob([csvOf([HEAD, ...windowRows(), ...periodRows(), ...dayRows()])], { type: 'text/csv' }),
  );
}

const HEAD = ['what', 'scope', 'from', 'to', 'people', 'low', 'high', 'hits'];

function windowRows() {
  const shown = now.state.value.value;
  const scopes = shown
    ? ([
        ['local', shown.local],
        ['global', shown.federated ? shown.global : null],
      ] as const)
    : [];
  return scopes.flatMap(([name, of]) =>
    of === null
      ? []
      : WINDOWS.map((window) => {
          const { estimate, low, high } = of.windows[window];
          return [`window ${window}`, name, '', of.asOf ?? shown!.asOf, estimate, low, high, ''];
        }),
  );
}

function periodRows() {
  const shown = period.state.value.value;
  if (!shown || scope() !== 'local') return [];
  const rows = [
    ['period', shown.period] as const,
    ...(isComparing() ? [['previous period', shown.previous] as const] : []),
  ];
  return rows.map(([what, { from, to, uniques, hits }]) => [
    ...[what, 'local', from, to, uniques.estimate, uniques.low, uniques.high, hits],
  ]);
}

function dayRows() {
  const days = history.state.value.value?.days ?? [];
  const shown = range();
  const chosen = days.filter(({ day }) => day >= shown.from && day <= shown.to);
  const before = isComparing() ? daysBefore(days, shown).filter((day) => day !== null) : [];
  return [...before, ...chosen].map(({ day, uniques, low, high, hits }) => [
    ...['day', scope(), day, day, uniques, low, high, hits],
  ]);
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
  const lines = [
    `${t('peopleADay')} · ${where}`,
    `${formatDay(from)} – ${formatDay(to)} · UTC · ${location.host}`,
  ];
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
