import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatDay, formatNumber } from '../i18n/formats.js';
import { locale } from '../i18n/language.js';
import { HistoryTable } from '../shared/history-table.js';
import { colourScheme } from './colour-scheme.js';
import { t } from './texts.js';

export interface ChartDay {
  day: string;
  uniques: number | null;
  low: number;
  high: number;
}

export interface ChartProps {
  title: string;
  /** What the numbers are of. */
  unit: string;
  days: readonly ChartDay[];
  /** One for each of the days, from a time to compare them with; null for what is not kept any longer. */
  previous?: readonly ({ uniques: number | null } | null)[] | null;
  height?: number;
}

/** A value a day with its interval as a band, and the same as a table. */
export function Chart({ title, unit, days, previous = null, height = 260 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  // At once: what is printed is taken before effects that wait for a frame.
  useLayoutEffect(
    () => draw(place.current!, { unit, days, previous, height }),
    [unit, days[0]?.day, days.length, seriesText(days, previous), height, locale.value, colourScheme.value],
  );
  return (
    <figure class="chart">
      <figcaption class="chart-title">
        {title} <span class="soft small">{unit}</span>
      </figcaption>
      <div ref={place} class="chart-place" style={{ minHeight: height }} aria-hidden="true" />
      {previous && (
        <p class="chart-legend soft small">
          {t(previous.some(Boolean) ? 'previousPeriodLegend' : 'previousPeriodNotKept')}
        </p>
      )}
      <HistoryTable days={days} unit={unit} />
    </figure>
  );
}

/** Changes when what is drawn does; a new answer with the same figures is not drawn again. */
function seriesText(days: readonly ChartDay[], previous: ChartProps['previous']): string {
  return `${days.map(({ uniques, low, high }) => `${uniques} ${low} ${high}`)} ${previous?.map((day) => day?.uniques)}`;
}

type Drawn = Required<Omit<ChartProps, 'title'>>;

function draw(place: HTMLElement, drawn: Drawn): () => void {
  const plot = new uPlot(optionsOf(drawn, place), seriesOf(drawn), place);
  const observer = new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height: drawn.height });
  });
  observer.observe(place);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}

function seriesOf({ days, previous }: Drawn): uPlot.AlignedData {
  return [
    days.map(({ day }) => Date.parse(`${day}T00:00Z`) / 1000),
    days.map(({ high }) => high),
    days.map(({ low }) => low),
    days.map(({ uniques }) => uniques),
    ...(previous ? [previous.map((day) => day?.uniques ?? null)] : []),
  ];
}

function optionsOf({ unit, previous, height }: Drawn, place: HTMLElement): uPlot.Options {
  const colour = (name: string) => getComputedStyle(place).getPropertyValue(name);
  const axis = {
    stroke: colour('--drawn-ink'),
    grid: { stroke: colour('--drawn-line'), width: 1 },
    ticks: { show: false },
    font: `12px ${colour('--font')}`,
  };
  const edge = { stroke: 'transparent', points: { show: false } };
  return {
    width: place.clientWidth,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max) * 1.08] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_plot, seconds) => seconds.map(dayOfSeconds),
        space: 72,
        size: 32,
      },
      { ...axis, values: (_plot, values) => values.map(wholeOrNothing), size: 64 },
    ],
    bands: [{ series: [1, 2], fill: colour('--drawn-band') }],
    series: [
      {},
      edge,
      edge,
      { label: unit, stroke: colour('--drawn-accent'), width: 2, points: { show: false } },
      ...(previous
        ? [{ stroke: colour('--drawn-ink'), width: 1.5, dash: [5, 4], points: { show: false } }]
        : []),
    ],
  };
}

function dayOfSeconds(seconds: number): string {
  return formatDay(new Date(seconds * 1000).toISOString().slice(0, 10));
}

/** People come whole. */
function wholeOrNothing(value: number): string {
  return Number.isInteger(value) ? formatNumber(value) : '';
}
