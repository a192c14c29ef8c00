import { useSignal } from '@preact/signals';
import type { KeyView } from '../../../src/settings/key-ring.js';
import { formatAge, formatInstant } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Panel } from '../../shared/states.js';
import { ActionForm } from '../action-form.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { ToCopy } from '../to-copy.js';
import { keys, readSettings, shares } from './feeds.js';

const KINDS = ['write', 'read', 'admin'] as const;

/** Keys for programs and links for people: made, seen, revoked. */
export function KeysSheet() {
  return (
    <section class="sheet">
      <h2>{t('keysTitle')}</h2>
      <Panel of={keys.state.value} onRetry={keys.read}>
        {(view) => <List of={view.keys} empty={t('keysNone')} />}
      </Panel>
      <MakeKey />
      <h2>{t('sharesTitle')}</h2>
      <Panel of={shares.state.value} onRetry={shares.read}>
        {(view) => <List of={view.keys} empty={t('sharesNone')} />}
      </Panel>
    </section>
  );
}

function List({ of, empty }: { of: readonly KeyView[]; empty: string }) {
  if (of.length === 0) return <p class="soft">{empty}</p>;
  return (
    <>
      {of.map((key) => (
        <article key={key.id} class="entry">
          <div>
            <strong>{key.name ?? key.id.slice(0, 8)}</strong>{' '}
            <span class="soft small">{t(`kind-${key.kind}`)}</span>
            <p class="soft small">{usesOf(key)}</p>
          </div>
          <Decision
            action={t('revoke')}
            about={key.name ?? key.id.slice(0, 8)}
            decide={(why) => revoke(key.id, why)}
          >
            <p>{t('revokeText')}</p>
          </Decision>
        </article>
      ))}
    </>
  );
}

async function revoke(id: string, why: string): Promise<void> {
  await send('DELETE', `/v1/admin/keys/${id}?${new URLSearchParams({ why })}`);
  await readSettings();
}

function usesOf({ lastUsedAt, expiresAt }: KeyView): string {
  const used = lastUsedAt ? t('keyUsed', { age: formatAge(lastUsedAt, Date.now()) }) : t('keyUnused');
  return expiresAt ? `${used} · ${t('keyExpires', { time: formatInstant(expiresAt, 'local') })}` : used;
}

function MakeKey() {
  const name = useSignal('');
  const kind = useSignal<string>('write');
  const text = useSignal<string | null>(null);
  const make = async () => {
    text.value = (
      await send<{ text: string }>('POST', '/v1/admin/keys', { name: name.value, kind: kind.value })
    ).text;
    await readSettings();
  };
  return (
    <ActionForm action={t('keyMake')} act={make}>
      <label class="field">
        <span>{t('keyName')}</span>
        <input
          required
          maxLength={64}
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t('keyKind')}</span>
        <select value={kind.value} onChange={(event) => (kind.value = event.currentTarget.value)}>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`kind-${one}`)}
            </option>
          ))}
        </select>
      </label>
      {text.value && <ToCopy label={t('keyText')} text={text.value} />}
    </ActionForm>
  );
}
