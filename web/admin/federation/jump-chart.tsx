import { formatDay, formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';

const HEIGHT = 100;

export interface JumpChartProps {
  /** Oldest first; null where nothing counts. */
  history: readonly { day: string; uniques: number | null }[];
  /** The day that is held, and how many people it claims. */
  day: string;
  claimed: number;
}

/** The claim beside what counted of the days before. */
export function JumpChart({ history, day, claimed }: JumpChartProps) {
  const before = history.filter((one) => one.day !== day);
  const bars = [
    ...before.map((one) => ({ ...one, isClaim: false })),
    { day, uniques: claimed, isClaim: true },
  ];
  const most = Math.max(1, ...bars.map(({ uniques }) => uniques ?? 0));
  return (
    <figure>
      <figcaption>{t('jumpTitle')}</figcaption>
      <div aria-hidden="true" dir="ltr">
        <p class="soft small">
          {formatNumber(most)} · {t('peopleADay')}
        </p>
        <svg
          class="bars"
          viewBox={`0 0 ${bars.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {bars.map(({ day, uniques, isClaim }, index) => {
            const height = (HEIGHT * (uniques ?? 0)) / most;
            return (
              <rect
                key={day}
                class={isClaim ? 'bar-claim' : 'bar-before'}
                x={index + 0.14}
                y={HEIGHT - height}
                width="0.72"
                height={height}
              />
            );
          })}
        </svg>
        <p class="ends soft small">
          <span>{formatDay(bars[0]!.day)}</span>
          <span>{formatDay(day)} · UTC</span>
        </p>
      </div>
      <details class="table-behind">
        <summary>{t('asTable')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              <th scope="col">{t('peopleADay')}</th>
            </tr>
          </thead>
          <tbody>
            {[...bars].reverse().map(({ day, uniques, isClaim }) => (
              <tr key={day}>
                <th scope="row">{isClaim ? t('jumpClaim', { day: formatDay(day) }) : formatDay(day)}</th>
                <td>{uniques === null ? '–' : formatNumber(uniques)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
