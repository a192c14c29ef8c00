import shared from '../../i18n/messages/de.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  title: 'Verwaltung',
  overview: 'Übersicht',
  publicPage: 'Öffentliche Seite',
  apiDescription: 'API',
  navigation: 'Bereiche',
  everywhere: 'Über alle Instanzen',
  here: 'Auf diesem Knoten',
  historyTitle: 'Verlauf',
} as const satisfies TranslationOf<typeof english>;
