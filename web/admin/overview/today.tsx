import type { LiveNow } from '../../../src/stats/counts.js';
import type { TodayView } from '../../../src/stats/local-overview.js';
import type { Estimate } from '../../../src/stats/new-people.js';
import { formatNumber, formatShare } from '../../i18n/formats.js';
import { Figure } from '../../shared/figure.js';
import { LiveFigures } from '../../shared/live-figures.js';
import { t } from '../texts.js';

/** Today and yesterday up to the same hour, and whether they differ by more than their error. */
export function Today({ hours, today, yesterday }: TodayView) {
  if (hours === 0) return <p class="soft">{t('todayTooEarly')}</p>;
  const until = `${String(hours).padStart(2, '0')}:00 UTC`;
  return (
    <>
      <div class="figures">
        <Figure label={t('todayUntil', { time: until })} uniques={{ ...today, dedup: 'full' }} />
        <Figure label={t('yesterdayUntil', { time: until })} uniques={{ ...yesterday, dedup: 'full' }} />
      </div>
      <p>{differenceText(today, yesterday)}</p>
      <p class="soft small">
        {t('todayHits', { today: formatNumber(today.hits), yesterday: formatNumber(yesterday.hits) })}
      </p>
    </>
  );
}

/** Nothing is called a rise that the error of either figure may be. */
function differenceText(today: Estimate, yesterday: Estimate): string {
  const isClear = today.low > yesterday.high || today.high < yesterday.low;
  if (!isClear || yesterday.estimate === 0) return t('differenceUnclear');
  const share = (today.estimate - yesterday.estimate) / yesterday.estimate;
  return share > 0
    ? t('differenceMore', { share: formatShare(share) })
    : t('differenceFewer', { share: formatShare(-share) });
}

/** Who is here now, and was in the last 24 hours. */
export function Live({ lastDay, live }: { lastDay: Estimate; live: LiveNow | null }) {
  return (
    <div class="figures">
      {live && <LiveFigures {...live} />}
      <Figure label={t('last24h')} uniques={{ ...lastDay, dedup: 'full' }} />
    </div>
  );
}
