import { useSignal } from '@preact/signals';
import type { OwnAccountView, SessionView } from '../../src/accounts/views.js';
import { formatAge } from '../i18n/formats.js';
import { send } from '../shared/session.js';
import { wordsOfRefusal } from './form.js';
import { t } from './texts.js';

/** The browsers that are signed in, and how to end them. */
export function SessionsPart({ account, onChange }: { account: OwnAccountView; onChange(): Promise<void> }) {
  const problem = useSignal<string | null>(null);
  const end = async (path: string) => {
    try {
      await send('DELETE', path);
      await onChange();
    } catch (error) {
      problem.value = wordsOfRefusal(error);
    }
  };
  const isAlone = account.sessions.every(({ current }) => current);
  return (
    <section class="sheet stack">
      <h2>{t('sessionsTitle')}</h2>
      {problem.value && (
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
      )}
      <ul class="sessions">
        {account.sessions.map((one) => (
          <li key={one.id} class="session">
            <Described session={one} />
            {!one.current && (
              <button
                type="button"
                class="button"
                aria-label={t('endSessionOf', { device: one.device })}
                onClick={() => end(`/v1/account/sessions/${one.id}`)}
              >
                {t('endSession')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {!isAlone && (
        <button type="button" class="button" onClick={() => end('/v1/account/sessions')}>
          {t('endOthers')}
        </button>
      )}
    </section>
  );
}

function Described({ session }: { session: SessionView }) {
  const { device, network, current, lastUsedAt } = session;
  return (
    <div>
      <p class="session-name">{device}</p>
      <p class="soft small">
        {current ? t('thisBrowser') : t('lastUsed', { age: formatAge(lastUsedAt, Date.now()) })}
        {network && ` · ${t('fromNetwork', { network })}`}
      </p>
    </div>
  );
}
