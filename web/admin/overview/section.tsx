import { useEffect } from 'preact/hooks';
import type { ScopeNow } from '../../../src/stats/counts.js';
import { formatInstant } from '../../i18n/formats.js';
import { Figure } from '../../shared/figure.js';
import { followCounts } from '../../shared/node-counts.js';
import { Segmented } from '../../shared/segmented.js';
import { Panel } from '../../shared/states.js';
import { WINDOWS, windowText } from '../../shared/windows.js';
import { After } from '../after.js';
import { chooseRefresh, REFRESHES, refresh, useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { isShared } from '../who.js';
import { Dropped } from './dropped.js';
import { history, newcomers, now, own, period } from './feeds.js';
import { HistorySheet, useHistory } from './history-sheet.js';
import { Newcomers, useNewcomers } from './newcomers.js';
import { Share } from './share.js';
import { Live, Today } from './today.js';

/** The counts come by themselves. Whoever was given a link has no stream: it takes no key. */
function useStream(): void {
  const isLive = refresh.value === 'live' && !isShared();
  useEffect(() => {
    if (!isLive) return;
    return followCounts('', (value) => {
      const { state } = now;
      state.value = value ? { value, failure: null } : { ...state.peek(), failure: { status: null } };
    });
  }, [isLive]);
}

function read() {
  return Promise.all([now.read(), own.read()]);
}

export function begin(): void {
  for (const feed of [own, now, history, period, newcomers]) void feed.read();
}

/** How many people there are now, and how it came to that. */
export function Section() {
  useRefreshed(read);
  useHistory();
  useNewcomers();
  useStream();
  return (
    <>
      <div class="section-head">
        <h1 class="frame-title">{t('overview')}</h1>
        <RefreshChoice />
        {!isShared() && <Share />}
      </div>
      <After feeds={[own, now]}>
        <div class="beside">
          <section class="sheet">
            <h2>{t('todayTitle')}</h2>
            <Panel of={own.state.value} onRetry={read}>
              {(value) => <Today {...value} />}
            </Panel>
          </section>
          <section class="sheet">
            <h2>{t('liveTitle')}</h2>
            <Panel of={own.state.value} onRetry={read}>
              {({ lastDay }) => <Live lastDay={lastDay} live={now.state.value.value?.live ?? null} />}
            </Panel>
          </section>
        </div>
        <Panel of={now.state.value} onRetry={read}>
          {({ federated, global, local, asOf }) => (
            <>
              {federated && <Everywhere global={global} />}
              <Scope title={t('here')} scope={local} />
              <p class="soft small">{t('asOf', { time: formatInstant(asOf, 'local') })}</p>
            </>
          )}
        </Panel>
        <After feeds={[history, period]}>
          <HistorySheet federated={now.state.value.value?.federated ?? false} />
          <After feeds={[newcomers]}>
            <div class="beside">
              <Newcomers />
              <section class="sheet">
                <h2>{t('droppedTitle')}</h2>
                <Panel of={own.state.value} onRetry={read}>
                  {({ dropped }) => <Dropped days={dropped} />}
                </Panel>
              </section>
            </div>
          </After>
        </After>
      </After>
    </>
  );
}

function RefreshChoice() {
  const options = REFRESHES.map((value) => ({ value, text: t(`refresh${value}`) }));
  return (
    <div class="screen-only">
      <Segmented label={t('refreshLabel')} options={options} value={refresh.value} onChoose={chooseRefresh} />
    </div>
  );
}

function Everywhere({ global }: { global: ScopeNow | null }) {
  if (global) return <Scope title={t('everywhere')} scope={global} note={freshness(global)} />;
  return (
    <section class="sheet">
      <h2>{t('everywhere')}</h2>
      <p class="soft">
        {t('noTotalTitle')}. {t('noTotalText')}
      </p>
    </section>
  );
}

function freshness({ instances: { fresh, stale, held } }: ScopeNow): string {
  return [
    t('instancesFresh', { count: fresh }),
    ...(stale > 0 ? [t('instancesStale', { count: stale })] : []),
    ...(held > 0 ? [t('instancesHeld', { count: held })] : []),
  ].join(' · ');
}

function Scope({ title, scope, note }: { title: string; scope: ScopeNow; note?: string }) {
  return (
    <section class="sheet">
      <h2>{title}</h2>
      {note && <p class="soft small">{note}</p>}
      <div class="figures">
        {WINDOWS.map((name) => (
          <Figure key={name} label={windowText(name)} uniques={scope.windows[name]} />
        ))}
      </div>
    </section>
  );
}
