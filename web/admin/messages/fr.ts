import shared from '../../i18n/messages/fr.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  title: 'Tableau de bord',
  overview: 'Vue d’ensemble',
  publicPage: 'Page publique',
  apiDescription: 'API',
  navigation: 'Rubriques',
  everywhere: 'Sur toutes les instances',
  here: 'Sur ce nœud',
  historyTitle: 'Historique',
} as const satisfies TranslationOf<typeof english>;
