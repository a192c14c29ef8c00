import { RefusedError } from '../shared/session.js';
import { t } from './texts.js';

/** Why the node did not do it, in words. What it said itself is more exact than any text of ours, and comes along. */
export function refusalText(error: unknown): string {
  if (!(error instanceof RefusedError)) return t('refusedAway');
  if (error.kind === 'forbidden') return t('refusedViewer');
  if (error.kind === 'other-site') return t('refusedOtherSite');
  if (error.status === 401) return t('refusedSession');
  if (error.status === 429) return t('refusedTooMany');
  return t('refusedBecause', { detail: error.message });
}
