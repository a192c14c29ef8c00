import type { SketchEvidence } from '../../../src/federation/core/judgement/held-evidence.js';
import { formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';

const HEIGHT = 100;

/** How many registers have each rank, and how many hashes of as many people leave behind. */
export function RegisterHistogram({ sketch: { ranks, probability } }: { sketch: SketchEvidence }) {
  const most = Math.max(1, ...ranks.map(({ observed, expected }) => Math.max(observed, expected)));
  const y = (value: number) => HEIGHT * (1 - value / most);
  return (
    <figure>
      <figcaption>{t('histogramTitle')}</figcaption>
      <div aria-hidden="true" dir="ltr">
        <p class="soft small">
          {formatNumber(Math.round(most))} · {t('histogramUnit')}
        </p>
        <svg
          class="bars"
          viewBox={`0 0 ${ranks.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {ranks.map(({ rank, observed }, index) => (
            <rect
              key={rank}
              class="bar-before"
              x={index + 0.14}
              y={y(observed)}
              width="0.72"
              height={HEIGHT - y(observed)}
            />
          ))}
          <path
            class="expected"
            d={ranks
              .map(({ expected }, index) => `${index === 0 ? 'M' : 'L'}${index + 0.5} ${y(expected)}`)
              .join('')}
          />
        </svg>
        <p class="ends soft small">
          <span>{t('histogramRank', { rank: ranks[0]?.rank ?? 0 })}</span>
          <span>{t('histogramRank', { rank: ranks.at(-1)?.rank ?? 0 })}</span>
        </p>
      </div>
      <p class="small">{t('histogramFit', { probability: probabilityText(probability) })}</p>
      <details class="table-behind">
        <summary>{t('asTable')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('histogramRankHead')}</th>
              <th scope="col">{t('histogramObserved')}</th>
              <th scope="col">{t('histogramExpected')}</th>
            </tr>
          </thead>
          <tbody>
            {ranks.map(({ rank, observed, expected }) => (
              <tr key={rank}>
                <th scope="row">{rank}</th>
                <td>{formatNumber(observed)}</td>
                <td>{formatNumber(expected)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function probabilityText(probability: number): string {
  return probability < 0.001
    ? probability.toExponential(1)
    : formatNumber(Math.round(probability * 1000) / 1000);
}
