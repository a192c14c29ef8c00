import shared from '../../i18n/messages/de.js';
import type { TranslationOf } from '../../i18n/messages.js';
import privacy from '../../privacy/messages/de.js';
import accounts from '../accounts/messages/de.js';
import federation from '../federation/messages/de.js';
import overview from '../overview/messages/de.js';
import settings from '../settings/messages/de.js';
import type english from './en.js';

export default {
  ...shared,
  ...privacy,
  ...accounts,
  ...overview,
  ...federation,
  ...settings,
  title: 'Verwaltung',
  overview: 'Übersicht',
  publicPage: 'Öffentliche Seite',
  apiDescription: 'API',
  ownAccount: 'Ihr Konto: {name}',
  navigation: 'Bereiche',
  everywhere: 'Über alle Instanzen',
  here: 'Auf diesem Knoten',
  historyTitle: 'Verlauf',
  close: 'Schließen',
  noSuchPage: 'Diese Seite gibt es nicht',
  sharedView: 'Eine Ansicht, die mit Ihnen geteilt wurde. Man kann sie lesen und nicht ändern.',
  refusedAway: 'Der Knoten antwortet nicht. Nichts wurde geändert.',
  refusedViewer: 'Das darf nur ein Administrator.',
  refusedOtherSite:
    'Der Knoten hat diese Seite nicht erkannt. Laden Sie sie neu und versuchen Sie es noch einmal.',
  refusedSession: 'Sie sind nicht mehr angemeldet.',
  refusedTooMany: 'Zu viele Anfragen: Warten Sie eine Minute.',
  refusedBecause: 'Der Knoten hat es nicht getan: {detail}',
} as const satisfies TranslationOf<typeof english>;
