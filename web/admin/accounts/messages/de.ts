import type { TranslationOf } from '../../../i18n/messages.js';
import type english from './en.js';

export default {
  accounts: 'Konten',
  accountsTitle: 'Wer sich anmelden darf',
  'account-viewer': 'Betrachter',
  'account-administrator': 'Administrator',
  'accountMay-viewer': 'Ein Betrachter sieht die Zahlen und ändert nichts als das eigene Konto.',
  'accountMay-administrator': 'Ein Administrator darf alles, was diese Verwaltung bietet.',
  'accountMake-viewer': 'Zum Betrachter machen',
  'accountMake-administrator': 'Zum Administrator machen',
  accountRoleText: 'Jeder Browser, der mit dem Konto angemeldet ist, wird abgemeldet.',
  accountOwnRoleText: 'Das ist Ihr eigenes Konto: Sie melden sich als Betrachter neu an.',
  accountOwn: 'Sie',
  accountAdded: 'hinzugefügt {age}',
  accountSecondOn: 'mit zweitem Faktor',
  accountSecondOff: 'ohne zweiten Faktor',
  accountLinkUntil: 'sein Link gilt bis {time}',
  accountClosed: 'sein Link ist abgelaufen',
  accountReset: 'Neuer Link',
  accountResetText:
    'Passwort, zweiter Faktor und Sitzungen enden. Mit einem neuen Link wählt der Inhaber ein anderes Passwort.',
  accountResetOwnText:
    'Das ist Ihr eigenes Konto: Ihr Passwort und Ihre Sitzungen enden, auch diese. Kopieren Sie den Link, bevor Sie weitergehen.',
  accountRemove: 'Entfernen',
  accountRemoveText: 'Das Konto und seine Sitzungen enden. Was es entschieden hat, bleibt im Protokoll.',
  accountAddTitle: 'Jemanden hinzufügen',
  accountAddText: 'Sie bekommen einen Link für die Person; das Passwort wählt sie selbst.',
  accountName: 'Name',
  accountRole: 'Rolle',
  accountAdd: 'Hinzufügen',
  accountLinkTitle: 'Geben Sie diesen Link an {name}',
  accountLinkText: 'Er öffnet das Konto einmal, binnen eines Tages, und wird nur jetzt gezeigt.',
  accountLinkLabel: 'Der Link',
} as const satisfies TranslationOf<typeof english>;
