import { useSignal } from '@preact/signals';
import type { LinkView } from '../../../src/accounts/views.js';
import { send } from '../../shared/session.js';
import { ActionForm } from '../action-form.js';
import { t } from '../texts.js';
import { PATH } from './feeds.js';

const ROLES = ['viewer', 'administrator'] as const;
type Role = (typeof ROLES)[number];

/** A name and a role; the password is its owner's business. */
export function AddAccount({ onAdded }: { onAdded(link: LinkView): Promise<void> }) {
  const name = useSignal('');
  const role = useSignal<Role>('viewer');
  const add = async () => {
    await onAdded(await send<LinkView>('POST', PATH, { name: name.value, role: role.value }));
    name.value = '';
  };
  return (
    <ActionForm action={t('accountAdd')} act={add}>
      <label class="field">
        <span>{t('accountName')}</span>
        <input
          required
          maxLength={64}
          autocomplete="off"
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t('accountRole')}</span>
        <select value={role.value} onChange={(event) => (role.value = event.currentTarget.value as Role)}>
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {t(`account-${one}`)}
            </option>
          ))}
        </select>
      </label>
      <p class="soft small">{t(`accountMay-${role.value}`)}</p>
    </ActionForm>
  );
}
