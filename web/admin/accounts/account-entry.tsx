import type { AccountView, LinkView } from '../../../src/accounts/views.js';
import { formatAge, formatInstant } from '../../i18n/formats.js';
import { send, session } from '../../shared/session.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { accounts, pathOf } from './feeds.js';

export interface AccountEntryProps {
  account: AccountView;
  /** An administrator must always be left. */
  isLast: boolean;
  onReset(link: LinkView): Promise<void>;
}

/** One account, and what may be done with it. */
export function AccountEntry({ account, isLast, onReset }: AccountEntryProps) {
  const { name, role } = account;
  const isOwn = session.value?.account?.name === name;
  return (
    <article class="entry">
      <div>
        <strong class="origin-name">{name}</strong>{' '}
        {isOwn && <span class="soft small">{t('accountOwn')}</span>}
        <p class="small">{t(`account-${role}`)}</p>
        <p class="soft small">{standingOf(account)}</p>
      </div>
      <div class="buttons">
        {!isLast && <ChangeRole account={account} isOwn={isOwn} />}
        <Decision
          action={t('accountReset')}
          about={name}
          asksWhy={false}
          decide={async () => onReset(await send<LinkView>('POST', `${pathOf(name)}/reset`))}
        >
          <p>{isOwn ? t('accountResetOwnText') : t('accountResetText')}</p>
        </Decision>
        {!isLast && (
          <Decision
            action={t('accountRemove')}
            about={name}
            asksWhy={false}
            decide={async () => {
              await send('DELETE', pathOf(name));
              await accounts.read();
            }}
          >
            <p>{t('accountRemoveText')}</p>
          </Decision>
        )}
      </div>
    </article>
  );
}

function ChangeRole({ account: { name, role }, isOwn }: { account: AccountView; isOwn: boolean }) {
  const next = role === 'viewer' ? 'administrator' : 'viewer';
  const decide = async () => {
    await send('PUT', `${pathOf(name)}/role`, { role: next });
    await accounts.read();
  };
  return (
    <Decision action={t(`accountMake-${next}`)} about={name} asksWhy={false} decide={decide}>
      <p>{t(`accountMay-${next}`)}</p>
      <p>{isOwn ? t('accountOwnRoleText') : t('accountRoleText')}</p>
    </Decision>
  );
}

function standingOf({ createdAt, hasPassword, hasSecondFactor, linkExpiresAt }: AccountView): string {
  return [
    t('accountAdded', { age: formatAge(createdAt, Date.now()) }),
    ...(hasPassword ? [hasSecondFactor ? t('accountSecondOn') : t('accountSecondOff')] : []),
    ...(linkExpiresAt ? [t('accountLinkUntil', { time: formatInstant(linkExpiresAt, 'local') })] : []),
    ...(!hasPassword && !linkExpiresAt ? [t('accountClosed')] : []),
  ].join(' · ');
}
