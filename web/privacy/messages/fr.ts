import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  privacyPage: 'Vie privée',
  privacyTitle: 'Ce qui est gardé d’une visite',
  privacyNothing: 'Ce nœud ne compte aucun site à lui.',
  privacyIpUa:
    'Pour compter des personnes et non des visites, une clé secrète change votre adresse et le nom de votre navigateur en un nombre.',
  privacyIp:
    'Pour compter des personnes et non des visites, une clé secrète change votre adresse en un nombre.',
  privacyCookie:
    'Pour compter des personnes et non des visites, une clé secrète change un nombre aléatoire d’un cookie en un autre.',
  privacySiteId:
    'Pour compter des personnes et non des visites, une clé secrète change le numéro sous lequel ce site vous connaît en un autre.',
  privacySketch:
    'Ce nombre relève au plus un de 16 384 petits compteurs, puis il est oublié, comme votre adresse. Ni l’un ni l’autre n’est jamais écrit sur un disque, dans un journal ou une sauvegarde.',
  privacyKeys:
    'Une clé secrète sert pendant {days} jours. Au plus tard {gone} jours après votre visite, ses clés sont détruites : dès lors, personne ne peut savoir d’après les compteurs de ce jour si vous étiez ici.',
  privacyAllTime:
    'Un compteur de tous les temps a une clé qui vit aussi longtemps que ce nœud : qui s’empare du nœud peut vérifier si quelqu’un était ici.',
  privacyKept: 'Les compteurs de chaque jour sont gardés {days} jours, ceux de chaque heure 48 heures.',
  privacyOptOut: 'Si votre navigateur envoie Do Not Track ou Global Privacy Control, vous n’êtes pas compté.',
  privacyNoOptOut: 'Do Not Track et Global Privacy Control ne sont pas pris en compte ici.',
  privacyAlone: 'Rien de cela ne quitte ce nœud.',
  privacyMember:
    'Un rapport signé de chaque jour, avec les compteurs et les nombres de personnes et de visites, va au hub de la fédération {federation}. Les membres ont la clé secrète ; un hub qui ne compte aucun site à lui n’a que des compteurs.',
  privacyPeer:
    'Un rapport signé de chaque jour, avec les compteurs et les nombres de personnes et de visites, va aux autres nœuds de la fédération {federation}. Eux aussi ont la clé secrète : avec les compteurs, on peut vérifier si une personne était ici. Les jours de moins de 100 personnes sont envoyés sans compteurs.',
  privacyHub: 'Les membres de la fédération {federation} envoient leurs compteurs à ce nœud.',
  privacyHubCounting:
    'Ce nœud compte un site à lui et a donc aussi la clé secrète : avec les compteurs des membres, on peut vérifier si une personne y était.',
} as const satisfies TranslationOf<typeof english>;
