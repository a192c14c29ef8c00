import { type ComponentChildren, Fragment } from 'preact';
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
              <strong>
                <Word of={action} as="did" />
              </strong>{' '}
              <Subject of={subject} />
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

type SubjectOf = AuditPage['entries'][number]['subject'];

/** Names in the reader's words; their values as the node has them. */
function Subject({ of }: { of: SubjectOf }) {
  const told = Object.entries(of).filter(([, value]) => value !== null);
  return (
    <span class="soft small">
      {told.map(([name, value], index) => (
        <Fragment key={name}>
          {index > 0 && ' · '}
          <Word of={name} as="about" />: {value}
        </Fragment>
      ))}
    </span>
  );
}

/** A word that the log is written in, in the reader's language; as it was written where the catalogue has none. */
function Word({ of, as }: { of: string; as: 'did' | 'about' }): ComponentChildren {
  const key = `${as}-${of.replaceAll(' ', '-')}`;
  const text = t(key as 'did-add' | 'about-node');
  return text === key ? <span lang="en">{of}</span> : text;
}
