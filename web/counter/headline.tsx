import type { Now, ScopeNow } from '../../src/stats/counts.js';
import { Figure } from '../shared/figure.js';
import { Notice } from '../shared/states.js';
import type { WindowName } from '../shared/windows.js';
import { t } from './texts.js';

export function titleOf(now: Now | null): string {
  return now?.name ? t('headlineOf', { name: now.name }) : t('headline');
}

export function headlineScope({ global, local }: Now): ScopeNow {
  return global ?? local;
}

export function isEmpty(now: Now): boolean {
  return headlineScope(now).windows.all.high === 0;
}

/** The one number of the page. */
export function Headline({ now, window }: { now: Now; window: WindowName }) {
  if (isEmpty(now)) return <Notice title={t('emptyTitle')}>{t('emptyText')}</Notice>;
  return (
    <Figure size="headline" label={t(`inWindow${window}`)} uniques={headlineScope(now).windows[window]} />
  );
}
