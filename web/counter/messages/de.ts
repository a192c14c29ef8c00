import shared from '../../i18n/messages/de.js';
import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  ...shared,
  headline: 'Wie viele verschiedene Menschen',
  headlineOf: 'Wie viele verschiedene Menschen {name} nutzen',
  everywhere: 'Über alle Instanzen',
  here: 'Auf dieser',
  hereOf: 'Auf {name}',
  inWindow1d: 'verschiedene Menschen heute',
  inWindow7d: 'verschiedene Menschen in 7 Tagen',
  inWindow30d: 'verschiedene Menschen in 30 Tagen',
  inWindowall: 'verschiedene Menschen insgesamt',
  freshOf: {
    one: 'Aus {fresh} von {count} Instanz mit frischem Bericht.',
    other: 'Aus {fresh} von {count} Instanzen mit frischem Bericht.',
  },
  computed: 'Berechnet: {time}.',
  liveTitle: 'Gerade jetzt auf dieser Instanz',
  historyTitle: 'Die letzten 30 Tage',
  sharesTitle: 'Woher sie kommen',
  sharesNote:
    'Instanzen, die gezeigt werden wollen. Wer zwei davon nutzt, ist in beiden; zusammen können die Anteile mehr als das Ganze ergeben.',
  unlisted: {
    one: 'Eine weitere Instanz zählt mit und wird nicht gezeigt.',
    other: '{count} weitere Instanzen zählen mit und werden nicht gezeigt.',
  },
  moreInstances: { one: 'Eine weitere Instanz', other: '{count} weitere Instanzen' },
  howTitle: 'Wie gezählt wird',
  howCounted:
    'Jeder Besuch erhöht höchstens eine von 16.384 kleinen Zahlen: eine Skizze davon, wie viele Menschen da waren. Skizzen mehrerer Instanzen lassen sich vereinen, ohne jemanden zweimal zu zählen.',
  howKept: 'Weder Adressen von Besuchern noch eine Liste von ihnen werden gespeichert.',
  howPrivacy: 'Was von einem Besuch bleibt',
  howSure: 'Neben jeder Zahl steht der Bereich, in dem die wahre in 19 von 20 Fällen liegt.',
  howRecompute:
    'Die Gesamtzahl folgt aus Berichten, die jede Instanz unterschreibt. Ein Hub oder Peer gibt sie zusammen mit ihnen aus; wer diese Datei hat, kann jede Unterschrift prüfen und die Gesamtzahl noch einmal berechnen:',
  howNotPublic:
    'Die Datei gibt heraus, wer die Instanz verwaltet. Öffentlich ist sie nicht: Zusammen mit dem Schlüssel eines Verbunds könnte sie verraten, wer da war.',
  recompute: 'Was jede Instanz meldet, als JSON',
  recomputeFile: 'Die Datei, für die Verwaltung',
  api: 'Die Zahlen als JSON',
  dashboard: 'Verwaltung',
} as const satisfies TranslationOf<typeof english>;
