import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OwnAccountView, SignedInView } from '../../src/accounts/views.js';
import { formatAge } from '../i18n/formats.js';
import { forgetAnswers } from '../shared/forget-answers.js';
import { LOADING, type Loaded, loadedFrom } from '../shared/loaded.js';
import { send, session, toSignIn } from '../shared/session.js';
import { Failed, Loading } from '../shared/states.js';
import { Field, Form } from './form.js';
import { SecondFactorPart } from './second-factor-part.js';
import { SessionsPart } from './sessions-part.js';
import { Shell } from './shell.js';
import { t } from './texts.js';

/** The own account: where it is signed in, its password, its second factor. */
export function AccountPage() {
  const account = useSignal<Loaded<OwnAccountView>>(LOADING);
  const read = async () => {
    account.value = await loadedFrom('/v1/account', account.value);
    if (account.value.failure?.status === 401) toSignIn();
  };
  useEffect(() => void read(), []);
  const signOut = async () => {
    await send('POST', '/v1/logout', {});
    forgetAnswers();
    location.assign('/login');
  };
  const { value, failure } = account.value;
  if (!value) {
    return (
      <Shell title={t('accountTitle')}>
        {failure ? <Failed status={failure.status} onRetry={read} /> : <Loading />}
      </Shell>
    );
  }
  return (
    <Shell title={t('accountTitle')} isWide>
      <div class="session">
        <p>
          <span class="session-name">{value.name}</span> · {t(`role${value.role}`)}
        </p>
        <div class="row">
          <a class="button" href="/admin">
            {t('dashboard')}
          </a>
          <button type="button" class="button" onClick={signOut}>
            {t('signOut')}
          </button>
        </div>
      </div>
      <SessionsPart account={value} onChange={read} />
      <PasswordPart account={value} onChange={read} />
      <SecondFactorPart account={value} onChange={read} />
    </Shell>
  );
}

function PasswordPart({ account, onChange }: { account: OwnAccountView; onChange(): Promise<void> }) {
  const changes = useSignal(0);
  const change = async ({ current = '', password = '' }: Readonly<Record<string, string>>) => {
    session.value = await send<SignedInView>('PUT', '/v1/account/password', { current, password });
    changes.value += 1;
    await onChange();
  };
  return (
    <section class="sheet stack" key={changes.value}>
      <h2>{t('passwordTitle')}</h2>
      <p class="soft" role="status">
        {changes.value > 0
          ? t('passwordChanged')
          : account.passwordSetAt && t('passwordSet', { age: formatAge(account.passwordSetAt, Date.now()) })}
      </p>
      <Form action={t('changePassword')} onSubmit={change}>
        <Field
          {...{ label: t('currentPassword'), name: 'current', type: 'password', maxLength: 200 }}
          {...{ autocomplete: 'current-password', required: true }}
        />
        <Field
          {...{ label: t('newPassword'), hint: t('passwordHint'), name: 'password', type: 'password' }}
          {...{ autocomplete: 'new-password', required: true, minLength: 12, maxLength: 200 }}
        />
      </Form>
    </section>
  );
}
