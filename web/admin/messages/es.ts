import shared from '../../i18n/messages/es.js';
import type { TranslationOf } from '../../i18n/messages.js';
import privacy from '../../privacy/messages/es.js';
import accounts from '../accounts/messages/es.js';
import federation from '../federation/messages/es.js';
import overview from '../overview/messages/es.js';
import settings from '../settings/messages/es.js';
import type english from './en.js';

export default {
  ...shared,
  ...privacy,
  ...accounts,
  ...overview,
  ...federation,
  ...settings,
  title: 'Panel',
  overview: 'Resumen',
  publicPage: 'Página pública',
  apiDescription: 'API',
  ownAccount: 'Su cuenta: {name}',
  navigation: 'Secciones',
  everywhere: 'En todas las instancias',
  here: 'En este nodo',
  historyTitle: 'Historial',
  close: 'Cerrar',
  noSuchPage: 'Esa página no existe',
  sharedView: 'Una vista compartida con usted. Se puede leer, no cambiar.',
  refusedAway: 'El nodo no responde. No se ha cambiado nada.',
  refusedViewer: 'Solo un administrador puede hacerlo.',
  refusedOtherSite: 'El nodo no reconoció esta página. Recárguela e inténtelo otra vez.',
  refusedSession: 'Su sesión ha terminado.',
  refusedTooMany: 'Demasiadas solicitudes: espere un minuto.',
  refusedBecause: 'El nodo no lo hizo: {detail}',
} as const satisfies TranslationOf<typeof english>;
