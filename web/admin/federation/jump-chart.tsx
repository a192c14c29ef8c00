import type { EvidenceView } from '../../../src/federation/preview-views.js';
import { formatDay, formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';
import { People } from './people.js';

const HEIGHT = 100;

export interface JumpChartProps {
  /** Oldest first; null where nothing counts. */
  history: EvidenceView['history'];
  /** The day that is held, and what is claimed of it. */
  day: string;
  claimed: EvidenceView['held'];
}

/** The claim beside what counted of the days before. */
export function JumpChart({ history, day, claimed }: JumpChartProps) {
  const before = history.filter((one) => one.day !== day);
  const bars = [...before.map((one) => ({ ...one, isClaim: false })), { ...claimed, day, isClaim: true }];
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
            {[...bars].reverse().map(({ day, uniques, low, high, isClaim }) => (
              <tr key={day}>
                <th scope="row">{isClaim ? t('jumpClaim', { day: formatDay(day) }) : formatDay(day)}</th>
                <td>
                  {uniques === null || low === null || high === null ? (
                    '–'
                  ) : (
                    <People estimate={uniques} low={low} high={high} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
