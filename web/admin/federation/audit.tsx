import type { AuditPage } from '../../../src/federation/admin-views.js';
import { formatInstant } from '../../i18n/formats.js';
import { Notice, Panel } from '../../shared/states.js';
import { filter, setFilters } from '../location.js';
import { useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { AUDIT_PAGE, audit } from './feeds.js';

/** Who decided what, when and why, the newest first. */
export function Audit() {
  useRefreshed(audit.read, [filter('before')]);
  return (
    <section class="sheet">
      <h2>{t('auditTitle')}</h2>
      <Panel of={audit.state.value} onRetry={audit.read}>
        {(page) =>
          page.entries.length === 0 && page.firstBroken === null ? (
            <Notice title={t('auditNone')} />
          ) : (
            <Entries {...page} />
          )
        }
      </Panel>
    </section>
  );
}

function Entries({ entries, firstBroken }: AuditPage) {
  const last = entries.at(-1);
  return (
    <>
      <p class={firstBroken === null ? 'soft small' : 'refused'}>
        {firstBroken === null ? t('auditWhole') : t('auditBroken', { number: firstBroken })}
      </p>
      <ol class="log" reversed start={entries[0]?.number}>
        {entries.map(({ number, at, by, action, subject, why }) => (
          <li key={number} value={number}>
            <p>
              <strong>{action}</strong> <span class="soft small">{subjectText(subject)}</span>
            </p>
            {why && <p>{t('auditWhy', { why })}</p>}
            <p class="soft small">
              {formatInstant(at, 'local')} · {by}
            </p>
          </li>
        ))}
      </ol>
      <nav class="paging screen-only" aria-label={t('pagesLabel')}>
        {filter('before') && (
          <button type="button" class="button" onClick={() => setFilters({ before: null })}>
            {t('auditNewest')}
          </button>
        )}
        {entries.length === AUDIT_PAGE && last && last.number > 1 && (
          <button type="button" class="button" onClick={() => setFilters({ before: String(last.number) })}>
            {t('auditOlder')}
          </button>
        )}
      </nav>
    </>
  );
}

function subjectText(subject: AuditPage['entries'][number]['subject']): string {
  return Object.entries(subject)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
}
