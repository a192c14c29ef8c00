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
  liveNow: {
    one: '{count} Mensch in den letzten fünf Minuten',
    other: '{count} Menschen in den letzten fünf Minuten',
  },
  liveHour: {
    one: '{count} in der letzten Stunde, auf dieser Instanz',
    other: '{count} in der letzten Stunde, auf dieser Instanz',
  },
  historyTitle: 'Die letzten 30 Tage',
  sharesTitle: 'Woher sie kommen',
  sharesNote:
    'Instanzen, die gezeigt werden wollen. Wer zwei davon nutzt, ist in beiden; zusammen können die Anteile mehr als das Ganze ergeben.',
  instance: 'Instanz',
  share: 'Anteil',
  unlisted: {
    one: 'Eine weitere Instanz zählt mit und wird nicht gezeigt.',
    other: '{count} weitere Instanzen zählen mit und werden nicht gezeigt.',
  },
  howTitle: 'Wie gezählt wird',
  howCounted:
    'Jeder Besuch wird zu einem verschlüsselten Fingerabdruck, der eine von 16.384 kleinen Zahlen erhöht: eine Skizze davon, wie viele Menschen da waren. Skizzen mehrerer Instanzen lassen sich vereinen, ohne jemanden zweimal zu zählen.',
  howKept:
    'Keine Adresse, kein Browser, kein Cookie und keine Liste der Besucher wird aufbewahrt: Aus einer Skizze erkennt man niemanden. Die Schlüssel werden nach höchstens 60 Tagen vernichtet.',
  howSure: 'Eine solche Zahl hat einen Fehler von etwa einem Prozent. Er steht hier neben jeder Zahl.',
  howRecompute:
    'Jede Zahl lässt sich prüfen: Eine Instanz unterschreibt, was sie meldet, und wer die Berichte hat, kann die Gesamtzahl mit „headcount verify-total“ noch einmal berechnen.',
  recompute: 'Woraus sie berechnet ist',
  api: 'Die Zahlen als JSON',
  dashboard: 'Verwaltung',
} as const satisfies TranslationOf<typeof english>;
