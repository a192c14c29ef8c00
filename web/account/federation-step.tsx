import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { changeSettings } from '../shared/change-settings.js';
import { send } from '../shared/session.js';
import { CopyLine } from './copy-line.js';
import { Field, Form } from './form.js';
import { StepTitle } from './step-title.js';
import { t } from './texts.js';

const WAYS = ['alone', 'joinInvite', 'joinHub', 'found'] as const;
type Way = (typeof WAYS)[number];
const HINTS = {
  alone: 'aloneHint',
  joinInvite: 'joinInviteHint',
  joinHub: 'joinHubHint',
  found: 'foundHint',
} as const;

/** What there is to tell others, before it goes on. */
type Told = { words: string } | { invite: string };

/** Alone, or together with others. */
export function FederationStep({ nodeName, onDone }: { nodeName: string; onDone(): void }) {
  const way = useSignal<Way>('alone');
  const told = useSignal<Told | null>(null);
  const take = async (entered: Readonly<Record<string, string>>) => {
    const name = nodeName === '' ? {} : { name: nodeName };
    told.value = await TAKEN[way.value](name, entered);
    if (told.value === null) onDone();
  };
  if (told.value) return <ToldStep told={told.value} onDone={onDone} />;
  return (
    <section class="sheet stack">
      <StepTitle step="stepFederation" />
      <Form action={t('goOn')} onSubmit={take}>
        <fieldset class="ways">
          <legend class="heard-only">{t('stepFederation')}</legend>
          {WAYS.map((key) => (
            <label key={key} class="way">
              <input
                type="radio"
                name="way"
                checked={way.value === key}
                onChange={() => {
                  way.value = key;
                }}
              />
              <span class="way-title">{t(key)}</span>
              <span class="way-hint">{t(HINTS[key])}</span>
            </label>
          ))}
        </fieldset>
        {FIELDS[way.value]()}
      </Form>
    </section>
  );
}

const FIELDS: Readonly<Record<Way, () => ComponentChildren>> = {
  alone: () => null,
  joinInvite: () => (
    <Field
      key="invite"
      {...{ label: t('invite'), name: 'invite', required: true, maxLength: 2048, autocomplete: 'off' }}
    />
  ),
  joinHub: () => (
    <Field
      key="hub"
      {...{ label: t('hubAddress'), name: 'hub', inputMode: 'url', required: true, autocomplete: 'off' }}
    />
  ),
  found: () => (
    <>
      <Field
        key="federation"
        {...{
          label: t('federationName'),
          name: 'federation',
          required: true,
          maxLength: 64,
          autocomplete: 'off',
        }}
      />
      <Field
        key="publicUrl"
        {...{ label: t('publicAddress'), hint: t('publicAddressHint'), name: 'publicUrl', inputMode: 'url' }}
        {...{ required: true, value: location.origin, autocomplete: 'off' }}
      />
    </>
  ),
};

type Entered = Readonly<Record<string, string>>;

const TAKEN: Readonly<Record<Way, (name: object, entered: Entered) => Promise<Told | null>>> = {
  async alone(name) {
    await changeSettings(name);
    return null;
  },
  async joinInvite(name, { invite = '' }) {
    await changeSettings(name);
    const { words, waitingFor } = await send<{ words: string; waitingFor: object | null }>(
      'POST',
      '/v1/admin/join',
      { invite: invite.trim() },
    );
    return waitingFor === null ? null : { words };
  },
  async joinHub(name, { hub = '' }) {
    await changeSettings({ ...name, hub: hub.trim() });
    const answer = await fetch('/v1/admin/joining');
    return { words: ((await answer.json()) as { words: string }).words };
  },
  async found(name, { federation = '', publicUrl = '' }) {
    await changeSettings({ ...name, role: 'hub', publicUrl: publicUrl.trim() });
    await send('POST', '/v1/admin/federation', { name: federation.trim() });
    return send<{ invite: string }>('POST', '/v1/admin/invites', {});
  },
};

function ToldStep({ told, onDone }: { told: Told; onDone(): void }) {
  return (
    <section class="sheet stack">
      <StepTitle step="stepFederation" />
      {'words' in told ? (
        <>
          <p>{t('waitingForKey')}</p>
          <p class="words">{told.words}</p>
        </>
      ) : (
        <>
          <p>{t('inviteFor')}</p>
          <CopyLine text={told.invite} />
        </>
      )}
      <button type="button" class="button button-main" onClick={onDone}>
        {t('goOn')}
      </button>
    </section>
  );
}
