import type { LiveNow } from '../../src/stats/counts.js';
import { Figure } from './figure.js';
import { t } from './texts.js';

/** Who was here a moment ago. */
export function LiveFigures({ fiveMinutes, hour }: LiveNow) {
  return (
    <>
      <Figure label={t('last5min')} uniques={{ ...fiveMinutes, dedup: 'full' }} />
      <Figure label={t('lastHour')} uniques={{ ...hour, dedup: 'full' }} />
    </>
  );
}
