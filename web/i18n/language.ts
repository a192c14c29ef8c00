import { computed, signal } from '@preact/signals';
import { readChoice, writeChoice } from '../shared/choices.js';

export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  tr: 'Türkçe',
} as const;
export type Language = keyof typeof LANGUAGES;

export function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(LANGUAGES, text);
}

/** The first of the reader's languages that there are texts in; English without any. */
export function preferredLanguage(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.split('-')[0]!.toLowerCase()).find(isLanguage);
  return known ?? 'en';
}

/** The language of the texts that are shown. `chooseLanguage` of a page's texts changes it. */
export const language = signal<Language>('en');

/** What the reader asks for, best first: said by the browser, or to the node that draws for it. */
export const accepted = signal<readonly string[]>(globalThis.navigator?.languages ?? []);

/** Also of numbers and dates: with the reader's own region where it is of that language. */
export function localeOf(of: Language): string {
  return accepted.value.find((tag) => tag.split('-')[0] === of) ?? of;
}

export const locale = computed(() => localeOf(language.value));

export function initialLanguage(): Language {
  const chosen = readChoice('language');
  return isLanguage(chosen) ? chosen : preferredLanguage(accepted.value);
}

export function rememberLanguage(chosen: Language): void {
  writeChoice('language', chosen);
}
