import { useSignal } from '@preact/signals';
import { pageAfterSignIn } from '../shared/after-sign-in.js';
import { RefusedError, send, session } from '../shared/session.js';
import { Field, Form } from './form.js';
import { Shell } from './shell.js';
import { t } from './texts.js';

const LINK = /^#link=([\w-]{43})$/;

/** By name and password, or by a link that opens an account once. */
export function SignInPage() {
  const [, token] = LINK.exec(location.hash) ?? [];
  return token === undefined ? <ByPassword /> : <ByLink token={token} />;
}

function ByPassword() {
  const held = useSignal<{ name: string; password: string } | null>(null);
  const signIn = async (name: string, password: string, code?: string) => {
    try {
      await send('POST', '/v1/login', { name, password, ...(code === undefined ? {} : { code }) });
      location.assign(pageAfterSignIn(location.search));
    } catch (error) {
      if (!(error instanceof RefusedError) || error.kind !== 'code-needed') throw error;
      held.value = { name, password };
    }
  };
  if (held.value) {
    const { name, password } = held.value;
    return (
      <Shell title={t('codeTitle')}>
        <section class="sheet" key="code">
          <Form action={t('signIn')} onSubmit={({ code = '' }) => signIn(name, password, code)}>
            <Field
              {...{ label: t('code'), hint: t('codeHint'), name: 'code', focused: true, required: true }}
              {...{ autocomplete: 'one-time-code', maxLength: 40 }}
            />
          </Form>
        </section>
      </Shell>
    );
  }
  return (
    <Shell title={t('signIn')}>
      <section class="sheet" key="password">
        <Form action={t('signIn')} onSubmit={({ name = '', password = '' }) => signIn(name, password)}>
          <Field
            {...{ label: t('yourName'), name: 'name', autocomplete: 'username', maxLength: 256 }}
            {...{ required: true, focused: true }}
          />
          <Field
            {...{ label: t('password'), name: 'password', type: 'password', maxLength: 200 }}
            {...{ autocomplete: 'current-password', required: true }}
          />
        </Form>
      </section>
      {session.value?.setUpOpen && <p>{t('setUpNeedsLink')}</p>}
      <div class="stack soft small">
        <p>{t('lostHint')}</p>
        <code class="code">npm run --silent headcount -- account reset {'<name>'}</code>
      </div>
    </Shell>
  );
}

function ByLink({ token }: { token: string }) {
  const choose = async ({ password = '' }: Readonly<Record<string, string>>) => {
    await send('POST', '/v1/login/link', { token, password });
    location.replace(pageAfterSignIn(''));
  };
  return (
    <Shell title={t('linkTitle')}>
      <section class="sheet">
        <Form action={t('choosePassword')} onSubmit={choose}>
          <Field
            {...{ label: t('newPassword'), hint: t('passwordHint'), name: 'password', type: 'password' }}
            {...{
              autocomplete: 'new-password',
              required: true,
              minLength: 12,
              maxLength: 200,
              focused: true,
            }}
          />
        </Form>
      </section>
    </Shell>
  );
}
