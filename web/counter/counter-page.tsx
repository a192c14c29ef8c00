import { useSignal, useSignalEffect } from '@preact/signals';
import type { Now, ScopeNow } from '../../src/stats/counts.js';
import { formatInstant } from '../i18n/formats.js';
import { Figure } from '../shared/figure.js';
import { Preferences } from '../shared/preferences.js';
import { Notice, Panel } from '../shared/states.js';
import { WINDOWS, WindowChoice, type WindowName, windowText } from '../shared/windows.js';
import { history, instances, now, readNow, readRest } from './figures.js';
import { HistoryPicture } from './history-picture.js';
import { Shares } from './shares.js';
import { t } from './texts.js';

/** What a visitor sees: one number, how sure it is, and how it came about. */
export function CounterPage() {
  const title = titleOf(now.value.value);
  useSignalEffect(() => {
    document.title = titleOf(now.value.value);
  });
  return (
    <>
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <main id="content" class="counter">
        <h1 class="counter-title">{title}</h1>
        <Panel of={now.value} onRetry={readNow}>
          {(value) => <Figures now={value} />}
        </Panel>
        <section class="sheet">
          <h2>{t('historyTitle')}</h2>
          <Panel of={history.value} onRetry={readRest}>
            {({ days }) => <HistoryPicture days={days} />}
          </Panel>
        </section>
        {now.value.value?.federated && (
          <section class="sheet">
            <h2>{t('sharesTitle')}</h2>
            <Panel of={instances.value} onRetry={readRest}>
              {(value) => <Shares {...value} />}
            </Panel>
          </section>
        )}
        <How />
      </main>
      <footer class="counter-foot">
        <nav class="counter-links">
          <a href="/docs">{t('api')}</a>
          <a href="/admin">{t('dashboard')}</a>
        </nav>
        <Preferences />
      </footer>
    </>
  );
}

function titleOf(now: Now | null): string {
  return now?.name ? t('headlineOf', { name: now.name }) : t('headline');
}

function Figures({ now }: { now: Now }) {
  const window = useSignal<WindowName>('30d');
  const headline = now.global ?? now.local;
  if (headline.windows.all.high === 0) return <Notice title={t('emptyTitle')}>{t('emptyText')}</Notice>;
  return (
    <>
      <Figure size="headline" label={inWindow(window.value)} uniques={headline.windows[window.value]} />
      <WindowChoice
        value={window.value}
        onChoose={(chosen) => {
          window.value = chosen;
        }}
      />
      {now.live && (
        <p>
          <strong>{t('liveNow', { count: now.live.fiveMinutes })}</strong>{' '}
          <span class="soft small">{t('liveHour', { count: now.live.hour })}</span>
        </p>
      )}
      <p class="soft small">
        {now.federated && t('freshOf', freshness(headline))}{' '}
        {t('computed', { time: formatInstant(headline.asOf ?? now.asOf, 'UTC') })}
      </p>
      <div class="scopes">
        {now.federated && now.global && <Scope title={t('everywhere')} scope={now.global} />}
        <Scope title={now.name ? t('hereOf', { name: now.name }) : t('here')} scope={now.local} />
      </div>
    </>
  );
}

function freshness({ instances: { fresh, stale } }: ScopeNow) {
  return { fresh, count: fresh + stale };
}

function Scope({ title, scope }: { title: string; scope: ScopeNow }) {
  return (
    <section class="sheet">
      <h2>{title}</h2>
      <div class="scope-figures">
        {WINDOWS.map((name) => (
          <Figure key={name} label={windowText(name)} uniques={scope.windows[name]} />
        ))}
      </div>
    </section>
  );
}

function inWindow(name: WindowName): string {
  return t(`inWindow${name}`);
}

function How() {
  return (
    <section class="how">
      <h2>{t('howTitle')}</h2>
      <p>{t('howCounted')}</p>
      <p>{t('howKept')}</p>
      <p>{t('howSure')}</p>
      <p>{t('howRecompute')}</p>
      <p>
        <a href="/docs#/stats">{t('recompute')}</a>
      </p>
    </section>
  );
}
