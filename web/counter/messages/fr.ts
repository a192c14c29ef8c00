import shared from '../../i18n/messages/fr.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  headline: 'Combien de personnes différentes',
  headlineOf: 'Combien de personnes différentes utilisent {name}',
  everywhere: 'Sur toutes les instances',
  here: 'Sur celle-ci',
  hereOf: 'Sur {name}',
  inWindow1d: 'personnes différentes aujourd’hui',
  inWindow7d: 'personnes différentes en 7 jours',
  inWindow30d: 'personnes différentes en 30 jours',
  inWindowall: 'personnes différentes au total',
  freshOf: {
    one: 'D’après {fresh} sur {count} instance dont le rapport est récent.',
    other: 'D’après {fresh} sur {count} instances dont le rapport est récent.',
  },
  computed: 'Calculé : {time}.',
  liveTitle: 'En ce moment sur cette instance',
  historyTitle: 'Les 30 derniers jours',
  sharesTitle: 'D’où elles viennent',
  sharesNote:
    'Les instances qui acceptent d’être montrées. Qui en utilise deux est dans les deux : les parts peuvent dépasser le tout.',
  unlisted: {
    one: 'Une autre instance compte et n’est pas montrée.',
    other: '{count} autres instances comptent et ne sont pas montrées.',
  },
  moreInstances: { one: 'Une instance de plus', other: '{count} instances de plus' },
  howTitle: 'Comment on compte',
  howCounted:
    'Chaque visite relève au plus un de 16 384 petits nombres : une esquisse du nombre de personnes. Les esquisses de plusieurs instances s’unissent sans compter personne deux fois.',
  howKept: 'Ni l’adresse d’un visiteur ni une liste de visiteurs n’est gardée.',
  howPrivacy: 'Ce qui est gardé d’une visite',
  howSure: 'À côté de chaque nombre figure l’intervalle où se trouve le vrai, 19 fois sur 20.',
  howRecompute:
    'Le total découle de rapports que chaque instance signe. Un concentrateur ou un pair l’imprime avec eux ; qui possède ce fichier peut vérifier chaque signature et recalculer le total :',
  howNotPublic:
    'Ce sont les administrateurs qui donnent le fichier. Il n’est pas public : avec la clé d’une fédération, il pourrait révéler qui est venu.',
  recompute: 'Ce que rapporte chaque instance, en JSON',
  recomputeFile: 'Le fichier, pour les administrateurs',
  api: 'Les chiffres en JSON',
  dashboard: 'Tableau de bord',
} as const satisfies TranslationOf<typeof english>;
