import shared from '../../i18n/messages/es.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  headline: 'Cuántas personas distintas',
  headlineOf: 'Cuántas personas distintas usan {name}',
  everywhere: 'En todas las instancias',
  here: 'En esta',
  hereOf: 'En {name}',
  inWindow1d: 'personas distintas hoy',
  inWindow7d: 'personas distintas en 7 días',
  inWindow30d: 'personas distintas en 30 días',
  inWindowall: 'personas distintas en total',
  freshOf: {
    one: 'De {fresh} de {count} instancia con informe reciente.',
    other: 'De {fresh} de {count} instancias con informe reciente.',
  },
  computed: 'Calculado: {time}.',
  liveTitle: 'Ahora mismo en esta instancia',
  historyTitle: 'Los últimos 30 días',
  sharesTitle: 'De dónde vienen',
  sharesNote:
    'Instancias que aceptaron mostrarse. Quien usa dos está en ambas, así que las partes pueden sumar más que el total.',
  unlisted: {
    one: 'Una instancia más cuenta y no se muestra.',
    other: '{count} instancias más cuentan y no se muestran.',
  },
  moreInstances: { one: 'Una instancia más', other: '{count} instancias más' },
  howTitle: 'Cómo se cuenta',
  howCounted:
    'Cada visita eleva como mucho uno de 16.384 números pequeños: un boceto de cuántas personas hubo. Los bocetos de varias instancias se unen sin contar a nadie dos veces.',
  howKept: 'No se guarda la dirección de ningún visitante, ni una lista de ellos.',
  howPrivacy: 'Qué se guarda de una visita',
  howSure: 'Junto a cada número figura el rango en que está el verdadero 19 veces de cada 20.',
  howRecompute:
    'El total se deduce de informes que firma cada instancia. Un concentrador o un par lo imprime junto con ellos; quien tenga ese archivo puede comprobar cada firma y volver a calcular el total:',
  howNotPublic:
    'El archivo lo entregan los administradores. No es público: junto con la clave de una federación podría revelar quién estuvo.',
  recompute: 'Lo que informa cada instancia, en JSON',
  recomputeFile: 'El archivo, para administradores',
  api: 'Las cifras en JSON',
  dashboard: 'Panel',
} as const satisfies TranslationOf<typeof english>;
