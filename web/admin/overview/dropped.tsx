import { formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';

const REASONS = {
  bot: 'droppedBot',
  'do-not-track': 'droppedDoNotTrack',
  'no-consent': 'droppedNoConsent',
  'ignored-address': 'droppedIgnoredAddress',
  'no-visitor': 'droppedNoVisitor',
  'no-cookie': 'droppedNoCookie',
  'no-address': 'droppedNoAddress',
  'rate-limited': 'droppedRateLimited',
  'too-old': 'droppedTooOld',
  'in-future': 'droppedInFuture',
} as const;

/** Hits that were left out in 30 days, by reason, the most frequent first. */
export function Dropped({ days }: { days: readonly { reasons: Readonly<Record<string, number>> }[] }) {
  const sums = new Map<string, number>();
  for (const { reasons } of days)
    for (const [reason, count] of Object.entries(reasons)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  if (sums.size === 0) return <p class="soft">{t('droppedNothing')}</p>;
  const rows = [...sums].sort(([, a], [, b]) => b - a);
  return (
    <>
      <p class="soft small">{t('droppedNote')}</p>
      <table class="compact">
        <thead>
          <tr>
            <th scope="col">{t('droppedWhy')}</th>
            <th scope="col">{t('hits')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([reason, count]) => (
            <tr key={reason}>
              <th scope="row">{reasonText(reason)}</th>
              <td>{formatNumber(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** A newer node may have reasons that this page does not know. */
function reasonText(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? t(REASONS[reason as keyof typeof REASONS]) : reason;
}
