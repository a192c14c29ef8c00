import { inSteps } from '../../src/sketch/rounded.js';
import type { HistoryDay } from '../../src/stats/counts.js';
import { formatDay, formatNumber } from '../i18n/formats.js';
import { HistoryTable } from '../shared/history-table.js';
import { t } from './texts.js';

const HEIGHT = 100;
/** Of a day's width. */
const BAR = 0.72;

/** The days as bars, each with its error as a line, and the same as a table. Small enough to need no library. */
export function HistoryPicture({ days }: { days: readonly HistoryDay[] }) {
  const top = Math.max(1, ...days.map(({ high }) => high));
  const shownTop = inSteps(Math.ceil, top, top / 3);
  return (
    <>
      <div class="history" dir="ltr" aria-hidden="true">
        <p class="history-top soft small">
          {formatNumber(shownTop)} · {t('peopleADay')}
        </p>
        <svg
          class="history-bars"
          aria-hidden="true"
          viewBox={`0 0 ${days.length} ${HEIGHT}`}
          preserveAspectRatio="none"
        >
          {days.map((day, index) => (
            <Bar key={day.day} day={day} index={index} top={shownTop} isLast={index === days.length - 1} />
          ))}
        </svg>
        <p class="history-days soft small">
          <span>{formatDay(days[0]!.day)}</span>
          <span>{formatDay(days.at(-1)!.day)} · UTC</span>
        </p>
      </div>
      <HistoryTable days={days} unit={t('peopleADay')} />
    </>
  );
}

interface BarProps {
  day: HistoryDay;
  index: number;
  top: number;
  /** Today, which is not over. */
  isLast: boolean;
}

function Bar({ day, index, top, isLast }: BarProps) {
  const y = (value: number) => HEIGHT * (1 - value / top);
  const height = y(day.uniques ?? day.high);
  const middle = index + 0.5;
  return (
    <g class={isLast ? 'bar bar-open' : 'bar'}>
      <rect x={middle - BAR / 2} y={height} width={BAR} height={HEIGHT - height} />
      <path d={`M${middle} ${y(day.low)}V${y(day.high)}`} />
    </g>
  );
}
