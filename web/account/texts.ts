import { openTexts, translator } from '../i18n/texts.js';
import type english from './messages/en.js';

export const t = translator<typeof english>();

export function openAccountTexts(): Promise<void> {
  return openTexts<typeof english>({
    en: () => import('./messages/en.js'),
    de: () => import('./messages/de.js'),
    es: () => import('./messages/es.js'),
    fr: () => import('./messages/fr.js'),
    tr: () => import('./messages/tr.js'),
  });
}
