import type { OverlapMatrix } from '../../../src/federation/admin-views.js';
import { rounded } from '../../../src/sketch/rounded.js';
import { formatShare } from '../../i18n/formats.js';
import { Segmented } from '../../shared/segmented.js';
import { Notice, Panel } from '../../shared/states.js';
import { windowText } from '../../shared/windows.js';
import { setFilters } from '../location.js';
import { useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { overlaps, overlapWindow } from './feeds.js';
import { shortId } from './health.js';
import { People, peopleText } from './people.js';

type Pair = OverlapMatrix['overlaps'][number];

/** How many people each two of the largest origins share. */
export function Overlaps() {
  const window = overlapWindow();
  useRefreshed(overlaps.read, [window]);
  const options = (['1d', '7d', '30d'] as const).map((value) => ({ value, text: windowText(value) }));
  return (
    <section class="sheet">
      <h2>{t('overlapTitle')}</h2>
      <p class="soft small">{t('overlapText')}</p>
      <div class="choices screen-only">
        <Segmented
          label={t('windowLabel')}
          options={options}
          value={window}
          onChoose={(chosen) => setFilters({ window: chosen === '30d' ? null : chosen })}
        />
      </div>
      <Panel of={overlaps.state.value} onRetry={overlaps.read}>
        {(matrix) =>
          matrix.overlaps.length === 0 ? <Notice title={t('overlapNone')} /> : <Matrix {...matrix} />
        }
      </Panel>
    </section>
  );
}

/** In cells; the columns are in the same order. */
const NAME_WIDTH = 8;
const NAME_CHARS_MAX = 18;

function cut(name: string): string {
  const characters = Array.from(name);
  return characters.length > NAME_CHARS_MAX ? `${characters.slice(0, NAME_CHARS_MAX - 1).join('')}…` : name;
}

function Matrix({ names, overlaps }: OverlapMatrix) {
  const nodes = Object.keys(names);
  const byPair = new Map(
    overlaps.flatMap(
      (pair) =>
        [
          [`${pair.a} ${pair.b}`, pair],
          [`${pair.b} ${pair.a}`, pair],
        ] as const,
    ),
  );
  const nameOf = (node: string) => names[node] ?? shortId(node);
  const shown = overlaps.filter(isTold).sort((a, b) => b.shared.estimate - a.shared.estimate);
  return (
    <div class="beside">
      <div>
        <svg
          class="matrix"
          viewBox={`${-NAME_WIDTH} 0 ${nodes.length + NAME_WIDTH} ${nodes.length}`}
          aria-hidden="true"
        >
          {nodes.map((node, row) => (
            <text key={node} x="-0.3" y={row + 0.66}>
              {cut(nameOf(node))}
            </text>
          ))}
          {nodes.map((a, row) =>
            nodes.map((b, column) => {
              const pair = byPair.get(`${a} ${b}`);
              return (
                <rect
                  key={b}
                  class={a === b ? 'cell-self' : 'cell'}
                  x={column + 0.04}
                  y={row + 0.04}
                  width="0.92"
                  height="0.92"
                  fill-opacity={a === b ? 1 : Math.sqrt(partOf(pair))}
                >
                  <title>{a === b ? nameOf(a) : `${nameOf(a)} · ${nameOf(b)}: ${pairText(pair)}`}</title>
                </rect>
              );
            }),
          )}
        </svg>
        <p class="soft small">{t('overlapPicture')}</p>
      </div>
      <table class="compact pairs">
        <thead>
          <tr>
            <th scope="col">{t('overlapPair')}</th>
            <th scope="col">{t('overlapShared')}</th>
            <th scope="col">{t('overlapPart')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, 30).map((pair) => (
            <tr key={`${pair.a} ${pair.b}`}>
              <th scope="row">
                {nameOf(pair.a)} · {nameOf(pair.b)}
              </th>
              <td>
                <People {...pair.shared} />
              </td>
              <td>{formatShare(partOf(pair))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Told = Pair & { shared: NonNullable<Pair['shared']> };

/** What is rounded to nobody, since its error is larger, is told as the most that it can be. */
function isTold(pair: Pair | undefined): pair is Told {
  return !!pair?.shared && rounded(pair.shared).estimate !== 0;
}

/** Of the smaller one's people, 0 to 1. */
function partOf(pair: Pair | undefined): number {
  if (!isTold(pair) || !pair.uniquesA || !pair.uniquesB) return 0;
  return Math.min(1, pair.shared.estimate / Math.min(pair.uniquesA, pair.uniquesB));
}

function pairText(pair: Pair | undefined): string {
  if (!isTold(pair))
    return pair?.hidden === 'too-few' || !pair
      ? t('overlapTooFew')
      : t('overlapAtMost', { most: pair.atMost ?? pair.shared?.high ?? 0 });
  return peopleText(pair.shared);
}
