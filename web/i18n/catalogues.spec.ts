import { describe, expect, it } from '@jest/globals';
import accountDe from '../account/messages/de.js';
import accountEn from '../account/messages/en.js';
import accountEs from '../account/messages/es.js';
import accountFr from '../account/messages/fr.js';
import accountTr from '../account/messages/tr.js';
import de from '../admin/messages/de.js';
import en from '../admin/messages/en.js';
import es from '../admin/messages/es.js';
import fr from '../admin/messages/fr.js';
import tr from '../admin/messages/tr.js';
import counterDe from '../counter/messages/de.js';
import counterEn from '../counter/messages/en.js';
import counterEs from '../counter/messages/es.js';
import counterFr from '../counter/messages/fr.js';
import counterTr from '../counter/messages/tr.js';
import type { Catalogue, Message } from './messages.js';

const pages: Record<string, [Catalogue, Record<string, Catalogue>]> = {
  dashboard: [en, { de, es, fr, tr }],
  account: [accountEn, { de: accountDe, es: accountEs, fr: accountFr, tr: accountTr }],
  counter: [counterEn, { de: counterDe, es: counterEs, fr: counterFr, tr: counterTr }],
};

function placesIn(message: Message): string[] {
  const text = typeof message === 'string' ? message : message.other;
  return [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
}

describe.each(Object.entries(pages))('the texts of the %s', (_page, [english, translations]) => {
  it.each(Object.entries(translations))(
    'are complete in %s, with the same places to fill in',
    (_tag, texts) => {
      const places = (catalogue: Catalogue) =>
        Object.fromEntries(Object.entries(catalogue).map(([key, message]) => [key, placesIn(message)]));
      expect(places(texts)).toEqual(places(english));
    },
  );

  it.each(Object.entries(translations))('have every plural form that %s needs', (tag, texts) => {
    const needed = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    const everyday = needed.filter((form) => form !== 'many');
    const plurals = Object.values(texts).filter((message) => typeof message !== 'string');
    for (const message of plurals) expect(Object.keys(message)).toEqual(expect.arrayContaining(everyday));
  });
});
