import { rounded } from '../../src/sketch/rounded.js';
import { formatDay, formatNumber } from '../i18n/formats.js';
import { Fold } from './fold.js';
import { t } from './texts.js';

export interface HistoryTableProps {
  days: readonly { day: string; uniques: number | null; low: number; high: number }[];
  unit: string;
}

/** What a chart shows, for those who cannot see it and those who want to copy it. Newest first. */
export function HistoryTable({ days, unit }: HistoryTableProps) {
  return (
    <Fold summary={t('asTable')}>
      {() => (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              <th scope="col">{unit}</th>
              <th scope="col">{t('range')}</th>
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map((day) => (
              <Row key={day.day} {...day} />
            ))}
          </tbody>
        </table>
      )}
    </Fold>
  );
}

function Row({ day, ...uniques }: HistoryTableProps['days'][number]) {
  const { estimate, low, high } = rounded({ ...uniques, estimate: uniques.uniques });
  return (
    <tr>
      <th scope="row">{formatDay(day)}</th>
      <td>{estimate === null ? '–' : formatNumber(estimate)}</td>
      <td>{low === high ? t('exact') : `${formatNumber(low)} – ${formatNumber(high)}`}</td>
    </tr>
  );
}
