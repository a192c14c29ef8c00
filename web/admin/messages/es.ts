import shared from '../../i18n/messages/es.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  title: 'Panel',
  overview: 'Resumen',
  publicPage: 'Página pública',
  apiDescription: 'API',
  navigation: 'Secciones',
  everywhere: 'En todas las instancias',
  here: 'En este nodo',
  historyTitle: 'Historial',
} as const satisfies TranslationOf<typeof english>;
