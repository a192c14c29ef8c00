import type { OriginView } from '../../../src/federation/origin-view.js';
import { inSteps } from '../../../src/sketch/rounded.js';
import { formatAge, formatNumber, formatShare } from '../../i18n/formats.js';
import { WindowChoice } from '../../shared/windows.js';
import { filter, setFilters } from '../location.js';
import { t } from '../texts.js';
import { isAdministrator } from '../who.js';
import { healthOf, nameOf } from './health.js';
import { OriginActions } from './origin-actions.js';
import { matching, ORDERS, type Order, type OriginWindow, sortedOrigins } from './origin-order.js';
import { People } from './people.js';
import { Sparkline } from './sparkline.js';

const PAGE = 25;
/** As almost every node has it, the version says enough. */
const OUR_SOFTWARE = /^headcount (?=\d)/;
/** Columns whose largest values are looked for first. */
const DESCENDING: readonly Order[] = ['people', 'share', 'marginal', 'report', 'seen', 'clock'];

function orderOf(): { order: Order; isDescending: boolean } {
  const text = filter('sort') ?? '-people';
  const order = ORDERS.find((one) => one === text.replace(/^-/, '')) ?? 'people';
  return { order, isDescending: text.startsWith('-') };
}

function windowOf(): OriginWindow {
  return (['1d', '7d', 'all'] as const).find((window) => window === filter('window')) ?? '30d';
}

/** Every origin with its figures and how it fares, sorted, found and paged by the address. */
export function Origins({ origins, count }: { origins: readonly OriginView[]; count: number }) {
  const { order, isDescending } = orderOf();
  const window = windowOf();
  const found = sortedOrigins(matching(origins, filter('find') ?? ''), order, isDescending, window);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(filter('page')) || 1)));
  return (
    <>
      <div class="choices screen-only">
        <WindowChoice
          value={window}
          onChoose={(chosen) => setFilters({ window: chosen === '30d' ? null : chosen })}
        />
        <label class="field">
          <span>{t('findOrigin')}</span>
          <input
            type="search"
            value={filter('find') ?? ''}
            onInput={(event) => setFilters({ find: event.currentTarget.value, page: null })}
          />
        </label>
      </div>
      <div class="scrolling">
        <table class="origins">
          <thead>
            <tr>
              {COLUMNS.map(({ order: key, text }) => (
                <Heading key={text} order={key} text={t(text)} current={order} isDescending={isDescending} />
              ))}
              {isAdministrator() && (
                <th scope="col" class="deciding">
                  <span class="heard-only">{t('actions')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {found.slice((page - 1) * PAGE, page * PAGE).map((origin) => (
              <Row key={origin.node} origin={origin} window={window} />
            ))}
          </tbody>
        </table>
      </div>
      <Paging page={page} pages={pages} />
      {count > origins.length && (
        <p class="soft small">{t('originsCut', { shown: origins.length, count })}</p>
      )}
    </>
  );
}

const COLUMNS = [
  { order: 'name', text: 'originName' },
  { order: 'people', text: 'originPeople' },
  { order: 'status', text: 'originStatus' },
  { order: null, text: 'originTrend' },
  { order: 'share', text: 'originShare' },
  { order: 'marginal', text: 'originMarginal' },
  { order: 'privacy', text: 'originPrivacy' },
  { order: 'report', text: 'originReport' },
  { order: 'seen', text: 'originSeen' },
  { order: 'clock', text: 'originClock' },
  { order: 'version', text: 'originVersion' },
] as const satisfies readonly { order: Order | null; text: string }[];

interface HeadingProps {
  order: Order | null;
  text: string;
  current: Order;
  isDescending: boolean;
}

function Heading({ order, text, current, isDescending }: HeadingProps) {
  if (order === null) return <th scope="col">{text}</th>;
  const isCurrent = order === current;
  const next = isCurrent ? !isDescending : DESCENDING.includes(order);
  return (
    <th scope="col" aria-sort={isCurrent ? (isDescending ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        class="heading"
        onClick={() => setFilters({ sort: `${next ? '-' : ''}${order}`, page: null })}
      >
        {text} <span aria-hidden="true">{isCurrent ? (isDescending ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  );
}

function Row({ origin, window }: { origin: OriginView; window: OriginWindow }) {
  const figures = origin.windows?.[window];
  const health = healthOf(origin);
  return (
    <tr>
      <th scope="row">
        <span class="origin-name">{nameOf(origin)}</span>
        <span class="soft small mono">{origin.node.slice(0, 8)}</span>
      </th>
      <td>{figures ? <People {...figures} /> : '–'}</td>
      <td>
        <span class={`badge badge-${health}`}>{t(`health-${health}`)}</span>
        {origin.exchange && origin.exchange.breaker !== 'closed' && (
          <span class="soft small">{t('breakerOpen')}</span>
        )}
      </td>
      <td>
        <Sparkline values={origin.trend.map(({ uniques }) => uniques)} />
      </td>
      <td>{figures?.share == null ? '–' : formatShare(figures.share)}</td>
      <td>{figures?.marginal == null ? '–' : formatNumber(noFiner(figures.marginal, figures))}</td>
      <td class="privacy">{origin.privacy ? t(`privacy-${origin.privacy}`) : '–'}</td>
      <td>{origin.newestReport ? formatAge(origin.newestReport.issuedAt, Date.now()) : '–'}</td>
      <td title={origin.lastError ?? undefined}>
        {origin.lastSeenAt ? formatAge(origin.lastSeenAt, Date.now()) : '–'}
      </td>
      <td>{origin.clockOffsetMs === null ? '–' : offsetText(origin.clockOffsetMs)}</td>
      <td>{origin.software?.replace(OUR_SOFTWARE, '') ?? '–'}</td>
      {isAdministrator() && (
        <td class="deciding">
          <OriginActions origin={origin} />
        </td>
      )}
    </tr>
  );
}

/** It is the difference of two totals, and no more exact than the figure itself. */
function noFiner(marginal: number, { low, high }: { low: number; high: number }): number {
  return inSteps(Math.round, marginal, (high - low) / 3);
}

function offsetText(ms: number): string {
  const seconds = Math.round(ms / 100) / 10;
  return `${seconds > 0 ? '+' : ''}${formatNumber(seconds)} s`;
}

function Paging({ page, pages }: { page: number; pages: number }) {
  if (pages === 1) return null;
  const to = (next: number) => setFilters({ page: next === 1 ? null : String(next) });
  return (
    <nav class="paging screen-only" aria-label={t('pagesLabel')}>
      <button type="button" class="button" disabled={page === 1} onClick={() => to(page - 1)}>
        {t('pageBefore')}
      </button>
      <span>{t('pageOf', { page, pages })}</span>
      <button type="button" class="button" disabled={page === pages} onClick={() => to(page + 1)}>
        {t('pageNext')}
      </button>
    </nav>
  );
}
