import type { ComponentChildren } from 'preact';
import { Notice, Panel } from '../../shared/states.js';
import { path } from '../location.js';
import { useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { Alerts } from './alerts.js';
import { Audit } from './audit.js';
import { Exchanges } from './exchanges.js';
import { alerts, joining, origins, peers, readFederation, status } from './feeds.js';
import { Held } from './held.js';
import { Origins } from './origins.js';
import { Overlaps } from './overlaps.js';
import { Standing } from './standing.js';
import { Statutes } from './statutes.js';
import { Topology } from './topology.js';
import { Waiting } from './waiting.js';

const HOME = '/admin/federation';

/** The parts of the section, in the order of their tabs. */
const PARTS = [
  { path: HOME, key: 'partInstances', count: () => 0, Part: Instances },
  { path: `${HOME}/requests`, key: 'partRequests', count: waitingCount, Part: Requests },
  { path: `${HOME}/held`, key: 'partHeld', count: heldCount, Part: HeldBack },
  { path: `${HOME}/alerts`, key: 'partAlerts', count: unseenCount, Part: Alerts },
  { path: `${HOME}/charter`, key: 'partCharter', count: () => 0, Part: Statutes },
  { path: `${HOME}/overlaps`, key: 'partOverlaps', count: () => 0, Part: Overlaps },
  { path: `${HOME}/log`, key: 'partLog', count: () => 0, Part: Audit },
] as const;

function waitingCount(): number {
  const asked = peers.state.value.value?.peers.filter(({ status }) => status === 'pending').length ?? 0;
  const keys = joining.state.value.value;
  return asked + (keys ? keys.requests.filter(({ endorsed }) => !endorsed).length + keys.offers.length : 0);
}

function unseenCount(): number {
  return alerts.state.value.value?.alerts.filter(({ acknowledged }) => acknowledged === null).length ?? 0;
}

function heldCount(): number {
  return origins.state.value.value?.origins.reduce((sum, { held }) => sum + held.length, 0) ?? 0;
}

/** Who is in the federation, how fresh and how credible each figure is, and what to do about it. */
export function Section() {
  useRefreshed(readFederation);
  const part = PARTS.find((one) => one.path === path.value);
  return (
    <>
      <h1 class="frame-title">{t('federation')}</h1>
      <nav class="tabs screen-only" aria-label={t('federation')}>
        {PARTS.map(({ path: to, key, count }) => (
          <a key={to} href={to} aria-current={to === part?.path ? 'page' : undefined}>
            {t(key)}
            {count() > 0 && <Count value={count()} />}
          </a>
        ))}
      </nav>
      {part ? <part.Part /> : <Notice title={t('noSuchPage')} />}
    </>
  );
}

function Count({ value }: { value: number }): ComponentChildren {
  return <span class="count">{value}</span>;
}

function Instances() {
  return (
    <Panel of={status.state.value} onRetry={readFederation}>
      {(own) => (
        <>
          <div class="beside">
            <section class="sheet">
              <h2>{t('topologyTitle')}</h2>
              <Panel of={origins.state.value} onRetry={origins.read}>
                {(page) => <Topology status={own} origins={page.origins} />}
              </Panel>
            </section>
            <div class="stacked">
              <Standing status={own} />
              {own.exchanges.length > 0 && <Exchanges status={own} />}
            </div>
          </div>
          <section class="sheet">
            <h2>{t('originsTitle')}</h2>
            <Panel of={origins.state.value} onRetry={origins.read}>
              {(page) => (page.count === 0 ? <Notice title={t('originsNone')} /> : <Origins {...page} />)}
            </Panel>
          </section>
        </>
      )}
    </Panel>
  );
}

function Requests() {
  return (
    <Panel of={peers.state.value} onRetry={readFederation}>
      {(known) => (
        <Panel of={joining.state.value} onRetry={readFederation}>
          {(keys) => <Waiting peers={known.peers} joining={keys} />}
        </Panel>
      )}
    </Panel>
  );
}

function HeldBack() {
  return (
    <Panel of={origins.state.value} onRetry={origins.read}>
      {(page) => <Held origins={page.origins} />}
    </Panel>
  );
}
