import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Preferences } from '../shared/preferences.js';
import { t } from './texts.js';

/** What is around every page of this kind. `isWide` for what is more than one form. */
export function Shell({
  title,
  isWide = false,
  children,
}: {
  title: string;
  isWide?: boolean;
  children: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · Headcount`;
  }, [title]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <header class="shell-head">
        <a class="shell-name" href="/">
          Headcount
        </a>
      </header>
      <main id="content" class={isWide ? 'shell-content shell-wide' : 'shell-content'}>
        <h1 class="shell-title">{title}</h1>
        {children}
      </main>
      <footer class="shell-foot">
        <nav class="shell-links" aria-label={t('publicPage')}>
          <a href="/">{t('publicPage')}</a>
          <a href="/privacy">{t('privacyPage')}</a>
        </nav>
        <Preferences />
      </footer>
    </div>
  );
}
