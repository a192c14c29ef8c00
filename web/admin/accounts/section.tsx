import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AccountView, LinkView } from '../../../src/accounts/views.js';
import { session } from '../../shared/session.js';
import { Panel } from '../../shared/states.js';
import { t } from '../texts.js';
import { ToCopy } from '../to-copy.js';
import { AccountEntry } from './account-entry.js';
import { AddAccount } from './add-account.js';
import { accounts } from './feeds.js';

/** The newest link that opens an account. The node tells it once. */
const handedOut = signal<LinkView | null>(null);

/** Whoever resets the own account is signed out: the link stays on the page, and nothing else is asked. */
async function handOut(link: LinkView): Promise<void> {
  handedOut.value = link;
  if (session.value?.account?.name !== link.account.name) await accounts.read();
}

/** Who may sign in, and as what. */
export function Section() {
  useEffect(() => {
    void accounts.read();
    return () => {
      handedOut.value = null;
    };
  }, []);
  return (
    <>
      <h1 class="frame-title">{t('accounts')}</h1>
      {handedOut.value && <HandedOut {...handedOut.value} />}
      <div class="beside">
        <section class="sheet">
          <h2>{t('accountsTitle')}</h2>
          <Panel of={accounts.state.value} onRetry={accounts.read}>
            {(view) => <Entries of={view.accounts} />}
          </Panel>
        </section>
        <section class="sheet">
          <h2>{t('accountAddTitle')}</h2>
          <p class="soft small">{t('accountAddText')}</p>
          <AddAccount onAdded={handOut} />
        </section>
      </div>
    </>
  );
}

function Entries({ of }: { of: readonly AccountView[] }) {
  const administrators = of.filter(({ role }) => role === 'administrator').length;
  return (
    <>
      {of.map((account) => (
        <AccountEntry
          key={account.name}
          account={account}
          isLast={account.role === 'administrator' && administrators === 1}
          onReset={handOut}
        />
      ))}
    </>
  );
}

function HandedOut({ account, path }: LinkView) {
  return (
    <section class="sheet" role="status">
      <h2>{t('accountLinkTitle', { name: account.name })}</h2>
      <p class="soft small">{t('accountLinkText')}</p>
      <ToCopy label={t('accountLinkLabel')} text={location.origin + path} />
    </section>
  );
}
