import { formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';

const WIDTH = 84;
const HEIGHT = 24;

/** How the days of two weeks went, from nothing to their most. A day without a report is a gap. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <span class="soft">–</span>;
  const most = Math.max(1, ...known);
  const step = WIDTH / Math.max(1, values.length - 1);
  const place = (value: number, index: number) =>
    `${(index * step).toFixed(1)} ${(HEIGHT - 2 - ((HEIGHT - 4) * value) / most).toFixed(1)}`;
  const path = values
    .map((value, index) =>
      value === null ? '' : `${(values[index - 1] ?? null) === null ? 'M' : 'L'}${place(value, index)}`,
    )
    .join('');
  const label = t('trendLabel', { least: formatNumber(Math.min(...known)), most: formatNumber(most) });
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}
