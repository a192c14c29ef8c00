import { useSignal } from '@preact/signals';
import type { Enrolment, OwnAccountView } from '../../src/accounts/views.js';
import { send } from '../shared/session.js';
import { Field, Form } from './form.js';
import { t } from './texts.js';

const FACTOR = '/v1/account/second-factor';
type Entered = Readonly<Record<string, string>>;

/** Off or on, and the way from one to the other. */
export function SecondFactorPart({
  account,
  onChange,
}: {
  account: OwnAccountView;
  onChange(): Promise<void>;
}) {
  const enrolment = useSignal<Enrolment | null>(null);
  const codes = useSignal<readonly string[] | null>(null);
  const begin = async ({ password = '' }: Entered) => {
    enrolment.value = await send<Enrolment>('POST', FACTOR, { password });
  };
  const confirm = async ({ code = '' }: Entered) => {
    codes.value = (await send<{ recoveryCodes: string[] }>('PUT', FACTOR, { code })).recoveryCodes;
    enrolment.value = null;
    await onChange();
  };
  const renew = async ({ password = '' }: Entered) => {
    codes.value = (
      await send<{ recoveryCodes: string[] }>('POST', `${FACTOR}/recovery-codes`, { password })
    ).recoveryCodes;
    await onChange();
  };
  const remove = async ({ password = '' }: Entered) => {
    await send('POST', `${FACTOR}/remove`, { password });
    await onChange();
  };
  const forgetCodes = () => {
    codes.value = null;
  };
  return (
    <section class="sheet stack">
      <h2>{t('secondTitle')}</h2>
      {codes.value && <RecoveryCodes codes={codes.value} onKept={forgetCodes} />}
      {!codes.value && enrolment.value && <Scan enrolment={enrolment.value} onCode={confirm} />}
      {!codes.value && !enrolment.value && !account.secondFactor && (
        <>
          <p>{t('secondOff')}</p>
          <WithPassword key="on" action={t('turnOn')} onSubmit={begin} />
        </>
      )}
      {!codes.value && account.secondFactor && (
        <>
          <p>{t('secondOn', { count: account.secondFactor.recoveryCodesLeft })}</p>
          <WithPassword key="renew" action={t('renewCodes')} onSubmit={renew} />
          <WithPassword key="off" action={t('turnOff')} onSubmit={remove} />
        </>
      )}
    </section>
  );
}

function WithPassword({ action, onSubmit }: { action: string; onSubmit(entered: Entered): Promise<void> }) {
  return (
    <Form action={action} onSubmit={onSubmit}>
      <Field
        {...{ label: t('currentPassword'), name: 'password', type: 'password', maxLength: 200 }}
        {...{ autocomplete: 'current-password', required: true }}
      />
    </Form>
  );
}

function Scan({ enrolment, onCode }: { enrolment: Enrolment; onCode(entered: Entered): Promise<void> }) {
  const { qr, secret } = enrolment;
  return (
    <>
      <p>{t('scan')}</p>
      <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={t('qrLabel')}>
        <path d={qr.path} shape-rendering="crispEdges" />
      </svg>
      <p class="small">
        {t('secret')} <code class="code">{secret}</code>
      </p>
      <Form action={t('confirm')} onSubmit={onCode}>
        <Field
          {...{ label: t('code'), name: 'code', required: true, maxLength: 16, inputMode: 'numeric' }}
          {...{ autocomplete: 'one-time-code', focused: true }}
        />
      </Form>
    </>
  );
}

function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept(): void }) {
  return (
    <>
      <h3>{t('recoveryTitle')}</h3>
      <p>{t('recoveryHint')}</p>
      <ul class="recovery">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <button type="button" class="button button-main" onClick={onKept}>
        {t('kept')}
      </button>
    </>
  );
}
