import { rounded } from '../../src/sketch/rounded.js';
import type { GlobalInstance } from '../../src/stats/totals-reader.js';
import { formatNumber, formatShare } from '../i18n/formats.js';
import { Fold } from '../shared/fold.js';
import type { Instances } from './figures.js';
import { t } from './texts.js';

/** The smaller ones of a large federation are made when somebody wants to see them. */
const SHOWN_AT_ONCE = 12;

/** What each instance that agreed to be shown contributes in 30 days. */
export function Shares({ instances, unlisted }: Instances) {
  const rows = [...instances].sort((a, b) => b.windows['30d'].estimate - a.windows['30d'].estimate);
  const smaller = rows.slice(SHOWN_AT_ONCE);
  return (
    <>
      <ShareList rows={rows.slice(0, SHOWN_AT_ONCE)} />
      {smaller.length > 0 && (
        <Fold summary={t('moreInstances', { count: smaller.length })}>
          {() => <ShareList rows={smaller} />}
        </Fold>
      )}
      <p class="soft small">
        {t('sharesNote')} {unlisted > 0 && t('unlisted', { count: unlisted })}
      </p>
    </>
  );
}

function ShareList({ rows }: { rows: readonly GlobalInstance[] }) {
  return (
    <ul class="shares">
      {rows.map((instance) => (
        <Share key={instance.node} {...instance} />
      ))}
    </ul>
  );
}

function Share({ node, name, windows }: GlobalInstance) {
  const window = windows['30d'];
  const { estimate, low, high } = rounded(window);
  return (
    <li class="share">
      <span class="share-name">{name ?? node.slice(0, 8)}</span>
      <span class="share-part">{window.share === null ? '–' : formatShare(window.share)}</span>
      <svg class="share-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class="share-track" width="100" height="1" />
        <rect class="share-fill" width={100 * Math.min(1, window.share ?? 0)} height="1" />
      </svg>
      <span class="soft small">
        {formatNumber(estimate ?? low)} · {low === high ? t('exact') : t('between', { low, high })}
      </span>
    </li>
  );
}
