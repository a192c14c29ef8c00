import shared from '../../i18n/messages/tr.js';
import type { TranslationOf } from '../../i18n/messages.js';
import privacy from '../../privacy/messages/tr.js';
import accounts from '../accounts/messages/tr.js';
import federation from '../federation/messages/tr.js';
import overview from '../overview/messages/tr.js';
import settings from '../settings/messages/tr.js';
import type english from './en.js';

export default {
  ...shared,
  ...privacy,
  ...accounts,
  ...overview,
  ...federation,
  ...settings,
  title: 'Yönetim paneli',
  overview: 'Genel bakış',
  publicPage: 'Herkese açık sayfa',
  apiDescription: 'API',
  ownAccount: 'Hesabınız: {name}',
  navigation: 'Bölümler',
  everywhere: 'Tüm örneklerde',
  here: 'Bu düğümde',
  historyTitle: 'Geçmiş',
  close: 'Kapat',
  noSuchPage: 'Böyle bir sayfa yok',
  sharedView: 'Sizinle paylaşılan bir görünüm. Okunabilir, değiştirilemez.',
  refusedAway: 'Düğüm yanıt vermiyor. Hiçbir şey değişmedi.',
  refusedViewer: 'Bunu yalnızca bir yönetici yapabilir.',
  refusedOtherSite: 'Düğüm bu sayfayı tanımadı. Yeniden yükleyip tekrar deneyin.',
  refusedSession: 'Oturumunuz sona erdi.',
  refusedTooMany: 'Çok fazla istek: bir dakika bekleyin.',
  refusedBecause: 'Düğüm bunu yapmadı: {detail}',
} as const satisfies TranslationOf<typeof english>;
