import type { ExchangeView, NodeStatus } from '../../../src/federation/node-status.js';
import { t } from '../texts.js';

const STATES = {
  'never reached': ['exchangeNever', 'stale'],
  'waiting for approval': ['exchangeWaiting', 'waiting'],
  'in step': ['exchangeInStep', 'fine'],
  failing: ['exchangeFailing', 'failing'],
} as const;

/** The hubs or peers that this node is set up to exchange with, and how each of them goes. */
export function Exchanges({ status }: { status: NodeStatus }) {
  return (
    <section class="sheet">
      <h2>{status.role === 'peer' ? t('exchangePeers') : t('exchangeHubs')}</h2>
      {status.role !== 'peer' && <p class="soft small">{t('exchangeHubsText')}</p>}
      {status.exchanges.map((exchange) => (
        <Exchange key={exchange.url} {...exchange} givesTotal={exchange.url === status.totalFrom} />
      ))}
    </section>
  );
}

function Exchange({ url, state, lastError, catchUp, givesTotal }: ExchangeView & { givesTotal: boolean }) {
  const [text, health] = STATES[state];
  return (
    <article class="entry">
      <div>
        <strong class="origin-name">{url}</strong>
        {givesTotal && <p class="small">{t('exchangeGivesTotal')}</p>}
        {catchUp && (
          <p class="soft small">{t('exchangeCatchUp', { done: catchUp.daysDone, days: catchUp.days })}</p>
        )}
        {state === 'failing' && lastError && (
          <p class="soft small mono" lang="en">
            {lastError}
          </p>
        )}
      </div>
      <span class={`badge badge-${health}`}>{t(text)}</span>
    </article>
  );
}
