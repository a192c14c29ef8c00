import { signal } from '@preact/signals';
import { LANGUAGES, type Language, language } from '../i18n/language.js';
import { chooseLanguage } from '../i18n/texts.js';
import { readChoice, writeChoice } from './choices.js';
import { t } from './texts.js';

const THEMES = { system: 'themeSystem', light: 'themeLight', dark: 'themeDark' } as const;
type Theme = keyof typeof THEMES;

const theme = signal<Theme>(themeOf(readChoice('theme')));

function themeOf(text: string | null): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}

/** Before anything is drawn, so that nothing flashes. */
export function applyTheme(chosen: Theme = theme.value): void {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  writeChoice('theme', chosen);
  applyTheme(chosen);
}

/** Colours and language, at the foot of every page. */
export function Preferences() {
  return (
    <div class="preferences screen-only">
      <label class="preference">
        <span>{t('themeLabel')}</span>
        <select value={theme.value} onChange={(event) => chooseTheme(themeOf(event.currentTarget.value))}>
          {Object.entries(THEMES).map(([value, key]) => (
            <option key={value} value={value}>
              {t(key)}
            </option>
          ))}
        </select>
      </label>
      <label class="preference">
        <span>{t('languageLabel')}</span>
        <select
          value={language.value}
          onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([value, text]) => (
            <option key={value} value={value} lang={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
