import { interval95 } from '../../src/sketch/interval.js';
import type { LiveNow } from '../../src/stats/counts.js';
import { Figure } from './figure.js';
import { t } from './texts.js';

/** Who was here a moment ago. */
export function LiveFigures({ fiveMinutes, hour }: LiveNow) {
  return (
    <>
      <Figure label={t('last5min')} uniques={withError(fiveMinutes)} />
      <Figure label={t('lastHour')} uniques={withError(hour)} />
    </>
  );
}

/** The stream tells estimates only, to be small. */
export function withError(estimate: number) {
  return { estimate, ...interval95(estimate), dedup: 'full' } as const;
}
