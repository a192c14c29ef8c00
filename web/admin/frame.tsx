import { useSignalEffect } from '@preact/signals';
import { Preferences } from '../shared/preferences.js';
import { session } from '../shared/session.js';
import { Failed, Loading, Notice } from '../shared/states.js';
import { LoadedPart } from './loaded-part.js';
import { path } from './location.js';
import { ROUTES, routeOf } from './routes.js';
import { t } from './texts.js';
import { enter, entry, isAdministrator, isShared } from './who.js';

/** The dashboard: what is around every section, and the section itself. */
export function Frame() {
  useSignalEffect(() => {
    const route = routeOf(path.value);
    document.title = `${route ? t(route.key) : t('title')} · Headcount`;
  });
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <header class="frame-head">
        <a class="frame-name" href="/admin">
          Headcount
        </a>
        {!isShared() && entry.value !== 'asking' && <Navigation />}
        {session.value?.account && <OwnAccount {...session.value.account} />}
      </header>
      <main id="content" class="frame-content" tabIndex={-1}>
        <Content />
      </main>
      <footer class="frame-foot">
        <nav class="frame-links screen-only" aria-label={t('publicPage')}>
          <a href="/">{t('publicPage')}</a>
          <a href="/privacy">{t('privacyPage')}</a>
          <a href="/docs">{t('apiDescription')}</a>
        </nav>
        <Preferences />
      </footer>
    </div>
  );
}

function OwnAccount({ name }: { name: string }) {
  return (
    <a class="frame-account screen-only" href="/account" aria-label={t('ownAccount', { name })}>
      {name}
    </a>
  );
}

function Navigation() {
  const current = routeOf(path.value);
  return (
    <nav class="frame-sections screen-only" aria-label={t('navigation')}>
      {ROUTES.filter((route) => !route.isForAdministrators || isAdministrator()).map((route) => (
        <a key={route.path} href={route.path} aria-current={route === current ? 'page' : undefined}>
          {t(route.key)}
        </a>
      ))}
    </nav>
  );
}

function Content() {
  const route = isShared() ? ROUTES[0]! : routeOf(path.value);
  const state = entry.value;
  if (state === 'asking') return <Loading />;
  if (typeof state === 'object') return <Failed status={state.refused} onRetry={enter} />;
  if (!route) return <Notice title={t('noSuchPage')} />;
  return (
    <LoadedPart key={route.path} load={route.load}>
      {({ Section }) => <Section />}
    </LoadedPart>
  );
}
