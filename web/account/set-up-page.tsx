import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SignedInView } from '../../src/accounts/views.js';
import { send, session } from '../shared/session.js';
import { FederationStep } from './federation-step.js';
import { Field, Form } from './form.js';
import { Shell } from './shell.js';
import { SiteStep } from './site-step.js';
import { t } from './texts.js';

const TOKEN = /^#([\w-]{43})$/;
const STEPS = ['stepName', 'stepFederation', 'stepSite'] as const;

/** From the first start to the first visit, in three steps. */
export function SetUpPage() {
  const [, token] = TOKEN.exec(location.hash) ?? [];
  const step = useSignal(session.value?.account ? 1 : 0);
  const nodeName = useSignal('');
  if (session.value?.account == null && (token === undefined || session.value?.setUpOpen === false)) {
    return <NoLink isDone={session.value?.setUpOpen === false} />;
  }
  const goTo = (next: number) => {
    step.value = next;
  };
  return (
    <Shell title={t('setUpTitle')} isWide>
      <ol class="steps">
        {STEPS.map((key, index) => (
          <li key={key} aria-current={index === step.value ? 'step' : undefined}>
            {t(key)}
          </li>
        ))}
      </ol>
      {step.value === 0 && (
        <FirstAccount
          token={token ?? ''}
          onDone={(name) => {
            nodeName.value = name;
            goTo(1);
          }}
        />
      )}
      {step.value === 1 && <FederationStep nodeName={nodeName.value} onDone={() => goTo(2)} />}
      {step.value === 2 && <SiteStep />}
    </Shell>
  );
}

function NoLink({ isDone }: { isDone: boolean }) {
  return (
    <Shell title={t('setUpTitle')}>
      <section class="sheet stack">
        {isDone ? (
          <>
            <p>{t('setUpDone')}</p>
            <a href="/login">{t('signIn')}</a>
          </>
        ) : (
          <p>{t('setUpNeedsLink')}</p>
        )}
      </section>
    </Shell>
  );
}

interface FirstAccountProps {
  token: string;
  onDone(nodeName: string): void;
}

function FirstAccount({ token, onDone }: FirstAccountProps) {
  const known = useSignal<string | null>(null);
  useEffect(() => {
    readNodeName().then((name) => {
      known.value = name;
    });
  }, []);
  const make = async ({ node = '', name = '', password = '' }: Readonly<Record<string, string>>) => {
    session.value = await send<SignedInView>('POST', '/v1/setup', { token, name, password });
    history.replaceState(null, '', '/setup');
    onDone(known.value === null ? node.trim() : '');
  };
  return (
    <section class="sheet stack">
      <h2>{t('stepName')}</h2>
      <Form action={t('goOn')} onSubmit={make}>
        <Field
          key={known.value}
          {...{ label: t('nodeName'), name: 'node', maxLength: 80, value: known.value ?? '' }}
          {...{ hint: known.value === null ? t('nodeNameHint') : t('fixedByOperator') }}
          {...{ disabled: known.value !== null, autocomplete: 'off' }}
        />
        <p>{t('accountIntro')}</p>
        <Field
          {...{ label: t('yourName'), name: 'name', autocomplete: 'username', maxLength: 64, required: true }}
        />
        <Field
          {...{ label: t('password'), hint: t('passwordHint'), name: 'password', type: 'password' }}
          {...{ autocomplete: 'new-password', required: true, minLength: 12, maxLength: 200 }}
        />
      </Form>
    </section>
  );
}

/** A name that the node has before anybody could set it here is the operator's. */
async function readNodeName(): Promise<string | null> {
  const answer = await fetch('/v1/privacy').catch(() => null);
  const facts = answer?.ok ? ((await answer.json()) as { name: string | null }) : null;
  return facts?.name ?? null;
}
