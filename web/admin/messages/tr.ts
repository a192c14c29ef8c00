import shared from '../../i18n/messages/tr.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  title: 'Yönetim',
  overview: 'Genel bakış',
  publicPage: 'Herkese açık sayfa',
  apiDescription: 'API',
  navigation: 'Bölümler',
  everywhere: 'Bütün sunucularda',
  here: 'Bu düğümde',
  historyTitle: 'Geçmiş',
} as const satisfies TranslationOf<typeof english>;
