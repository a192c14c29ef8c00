// For the node, which draws the page as far as its number: src/dashboard/public-page.ts.
import { renderToString } from 'preact-render-to-string';
import type { DrawFirst } from '../../src/dashboard/draw-first.js';
import { accepted, preferredLanguage } from '../i18n/language.js';
import { showTexts } from '../i18n/texts.js';
import { Headline, titleOf } from './headline.js';
import de from './messages/de.js';
import en from './messages/en.js';
import es from './messages/es.js';
import fr from './messages/fr.js';
import tr from './messages/tr.js';

const CATALOGUES = { en, de, es, fr, tr };

export const drawFirst: DrawFirst = (now, locale) => {
  const language = preferredLanguage([locale]);
  accepted.value = [locale];
  showTexts(CATALOGUES[language], language);
  const title = titleOf(now);
  const html = renderToString(
    <main id="content" class="counter">
      <h1 class="counter-title">{title}</h1>
      <Headline now={now} window="30d" />
    </main>,
  );
  return { language, title, html };
};
