import type { ComponentChildren } from 'preact';
import { Preferences } from '../shared/preferences.js';
import { t } from './texts.js';

const SECTIONS = [{ path: '/admin', key: 'overview' }] as const;

/** What is around every section of the dashboard. */
export function Frame({ children }: { children: ComponentChildren }) {
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <header class="frame-head">
        <a class="frame-name" href="/admin">
          Headcount
        </a>
        <nav class="frame-sections screen-only" aria-label={t('navigation')}>
          {SECTIONS.map(({ path, key }) => (
            <a key={path} href={path} aria-current={location.pathname === path ? 'page' : undefined}>
              {t(key)}
            </a>
          ))}
        </nav>
      </header>
      <main id="content" class="frame-content">
        {children}
      </main>
      <footer class="frame-foot">
        <nav class="frame-links screen-only" aria-label={t('publicPage')}>
          <a href="/">{t('publicPage')}</a>
          <a href="/docs">{t('apiDescription')}</a>
        </nav>
        <Preferences />
      </footer>
    </div>
  );
}
