import { useSignal, useSignalEffect } from '@preact/signals';
import type { Now, ScopeNow } from '../../src/stats/counts.js';
import { formatInstant } from '../i18n/formats.js';
import { Figure } from '../shared/figure.js';
import { LiveFigures } from '../shared/live-figures.js';
import { isSettled } from '../shared/loaded.js';
import { Preferences } from '../shared/preferences.js';
import { Panel } from '../shared/states.js';
import { WINDOWS, WindowChoice, type WindowName, windowText } from '../shared/windows.js';
import { history, instances, now, readNow, readRest } from './figures.js';
import { Headline, headlineScope, isEmpty, titleOf } from './headline.js';
import { HistoryPicture } from './history-picture.js';
import { Shares } from './shares.js';
import { t } from './texts.js';

/** What a visitor sees: one number, how sure it is, and how it came about. */
export function CounterPage() {
  useSignalEffect(() => {
    document.title = titleOf(now.value.value);
  });
  return (
    <>
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <main id="content" class="counter">
        <h1 class="counter-title">{titleOf(now.value.value)}</h1>
        <Panel of={now.value} onRetry={readNow}>
          {(value) => <ChosenHeadline now={value} />}
        </Panel>
        {isSettled(now.value) && <Rest />}
      </main>
      <footer class="counter-foot">
        <nav class="counter-links screen-only">
          <a href="/docs">{t('api')}</a>
          <a href="/admin">{t('dashboard')}</a>
        </nav>
        <Preferences />
      </footer>
    </>
  );
}

/** Comes below the number, from above to below: nothing moves what is seen already. */
function Rest() {
  const { value } = now.value;
  if (value === null || isEmpty(value)) return <How isFederated={false} />;
  return (
    <>
      <Details now={value} />
      <HistorySheet />
      {isSettled(history.value) && isSettled(instances.value) && (
        <>
          {value.federated && <SharesSheet />}
          <How isFederated={value.federated} />
        </>
      )}
    </>
  );
}

/** By itself, so that it is not drawn anew with every newer number. */
function HistorySheet() {
  return (
    <section class="sheet">
      <h2>{t('historyTitle')}</h2>
      <Panel of={history.value} onRetry={readRest}>
        {({ days }) => <HistoryPicture days={days} />}
      </Panel>
    </section>
  );
}

function SharesSheet() {
  return (
    <section class="sheet">
      <h2>{t('sharesTitle')}</h2>
      <Panel of={instances.value} onRetry={readRest}>
        {(value) => <Shares {...value} />}
      </Panel>
    </section>
  );
}

/** A link to the page shows what its sender saw. */
const addressOf = (name: WindowName) => `?window=${name}`;

function ChosenHeadline({ now }: { now: Now }) {
  const window = useSignal(WINDOWS.find((name) => location.search.startsWith(addressOf(name))) ?? '30d');
  const choose = (chosen: WindowName) => {
    window.value = chosen;
    globalThis.history.replaceState(null, '', addressOf(chosen));
  };
  return (
    <>
      <Headline now={now} window={window.value} />
      {!isEmpty(now) && <WindowChoice value={window.value} onChoose={choose} />}
    </>
  );
}

function Details({ now }: { now: Now }) {
  const { federated, global, local, live, name } = now;
  const headline = headlineScope(now);
  return (
    <>
      <p class="soft small">
        {federated && t('freshOf', freshness(headline))}{' '}
        {t('computed', { time: formatInstant(headline.asOf ?? now.asOf, 'UTC') })}
      </p>
      {federated && global && <Scope title={t('everywhere')} scope={global} />}
      <Scope title={name ? t('hereOf', { name }) : t('here')} scope={local} />
      {live && (
        <section class="sheet">
          <h2>{t('liveTitle')}</h2>
          <div class="scope-figures">
            <LiveFigures {...live} />
          </div>
        </section>
      )}
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

function How({ isFederated }: { isFederated: boolean }) {
  return (
    <section class="how">
      <h2>{t('howTitle')}</h2>
      <p>{t('howCounted')}</p>
      <p>
        {t('howKept')} <a href="/privacy">{t('howPrivacy')}</a>
      </p>
      <p>{t('howSure')}</p>
      {isFederated && <Recompute />}
    </section>
  );
}

/** Who computes a total signs it; who has what it was computed from need not believe the signature. */
function Recompute() {
  return (
    <>
      <p>{t('howRecompute')}</p>
      <pre class="commands" dir="ltr">
        <code>{'headcount total > total.json\nheadcount verify-total total.json'}</code>
      </pre>
      <p>{t('howNotPublic')}</p>
      <p class="counter-links screen-only">
        <a href="/v1/instances">{t('recompute')}</a>
        <a href="/v1/admin/total" download="total.json">
          {t('recomputeFile')}
        </a>
      </p>
    </>
  );
}
