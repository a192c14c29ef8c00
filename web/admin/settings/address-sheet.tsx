import type { AddressView } from '../../../src/settings/address.controller.js';
import { Panel } from '../../shared/states.js';
import { t } from '../texts.js';
import { address } from './feeds.js';

/** As whom the reader of this page would be counted: if it is a proxy, everyone is. */
export function AddressSheet() {
  return (
    <section class="sheet">
      <h2>{t('addressTitle')}</h2>
      <Panel of={address.state.value} onRetry={address.read}>
        {(view) => <Seen {...view} />}
      </Panel>
      <button type="button" class="button" onClick={() => void address.read()}>
        {t('addressAgain')}
      </button>
    </section>
  );
}

function Seen({ address: seen, connection, isProxyTrusted, forwarded }: AddressView) {
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{t('addressSeen')}</dt>
          <dd class="mono">{seen ?? '–'}</dd>
        </div>
        <div>
          <dt>{t('addressConnection')}</dt>
          <dd class="mono">
            {connection ?? '–'} ({isProxyTrusted ? t('addressTrusted') : t('addressUntrusted')})
          </dd>
        </div>
        <div>
          <dt>X-Forwarded-For</dt>
          <dd class="mono">{forwarded.length === 0 ? '–' : forwarded.map(({ text }) => text).join(', ')}</dd>
        </div>
      </dl>
      <p class="soft small">
        {forwarded.length > 0 && !isProxyTrusted ? t('addressProxyHint') : t('addressText')}
      </p>
    </>
  );
}
