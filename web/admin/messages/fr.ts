import shared from '../../i18n/messages/fr.js';
import type { TranslationOf } from '../../i18n/messages.js';
import privacy from '../../privacy/messages/fr.js';
import accounts from '../accounts/messages/fr.js';
import federation from '../federation/messages/fr.js';
import overview from '../overview/messages/fr.js';
import settings from '../settings/messages/fr.js';
import type english from './en.js';

export default {
  ...shared,
  ...privacy,
  ...accounts,
  ...overview,
  ...federation,
  ...settings,
  title: 'Tableau de bord',
  overview: 'Aperçu',
  publicPage: 'Page publique',
  apiDescription: 'API',
  ownAccount: 'Votre compte : {name}',
  navigation: 'Sections',
  everywhere: 'Sur toutes les instances',
  here: 'Sur ce nœud',
  historyTitle: 'Historique',
  close: 'Fermer',
  noSuchPage: 'Cette page n’existe pas',
  sharedView: 'Une vue partagée avec vous. Elle se lit et ne se modifie pas.',
  refusedAway: 'Le nœud ne répond pas. Rien n’a changé.',
  refusedViewer: 'Seul un administrateur peut le faire.',
  refusedOtherSite: 'Le nœud n’a pas reconnu cette page. Rechargez-la et réessayez.',
  refusedSession: 'Vous n’êtes plus connecté.',
  refusedTooMany: 'Trop de requêtes : attendez une minute.',
  refusedBecause: 'Le nœud ne l’a pas fait : {detail}',
} as const satisfies TranslationOf<typeof english>;
