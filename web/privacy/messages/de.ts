import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  privacyPage: 'Datenschutz',
  privacyTitle: 'Was von einem Besuch bleibt',
  privacyNothing: 'Dieser Knoten zählt keine eigene Seite.',
  privacyIpUa:
    'Um Menschen und nicht Besuche zu zählen, werden Ihre Adresse und der Name Ihres Browsers mit einem geheimen Schlüssel in eine Zahl verwandelt.',
  privacyIp:
    'Um Menschen und nicht Besuche zu zählen, wird Ihre Adresse mit einem geheimen Schlüssel in eine Zahl verwandelt.',
  privacyCookie:
    'Um Menschen und nicht Besuche zu zählen, wird eine Zufallszahl in einem Cookie mit einem geheimen Schlüssel in eine andere verwandelt.',
  privacySiteId:
    'Um Menschen und nicht Besuche zu zählen, wird die Nummer, unter der diese Seite Sie kennt, mit einem geheimen Schlüssel in eine andere verwandelt.',
  privacySketch:
    'Diese Zahl erhöht höchstens einen von 16.384 kleinen Zählern und wird dann vergessen, ebenso wie Ihre Adresse. Beide werden nie auf eine Platte, in ein Protokoll oder in eine Sicherung geschrieben.',
  privacyKeys:
    'Ein geheimer Schlüssel ist {days} Tage in Gebrauch. Spätestens {gone} Tage nach Ihrem Besuch sind seine Schlüssel vernichtet: Von da an kann niemand mehr aus den Zählern jenes Tages erkennen, ob Sie hier waren.',
  privacyAllTime:
    'Ein Zähler über alle Zeit hat einen Schlüssel, der so lange lebt wie dieser Knoten: Wer den Knoten in die Hand bekommt, kann prüfen, ob jemand hier war.',
  privacyKept: 'Die Zähler jedes Tages werden {days} Tage aufbewahrt, die jeder Stunde 48 Stunden.',
  privacyOptOut:
    'Wenn Ihr Browser Do Not Track oder Global Privacy Control sendet, werden Sie nicht gezählt.',
  privacyNoOptOut: 'Do Not Track und Global Privacy Control werden hier nicht beachtet.',
  privacyAlone: 'Nichts davon verlässt diesen Knoten.',
  privacyMember:
    'Ein signierter Bericht jedes Tages, mit den Zählern und den Zahlen der Menschen und Besuche, geht an den Hub der Föderation {federation}. Mitglieder haben den geheimen Schlüssel; ein Hub, der keine eigene Seite zählt, hat nur Zähler.',
  privacyPeer:
    'Ein signierter Bericht jedes Tages, mit den Zählern und den Zahlen der Menschen und Besuche, geht an die anderen Knoten der Föderation {federation}. Auch sie haben den geheimen Schlüssel: Zusammen mit den Zählern lässt sich prüfen, ob ein Mensch hier war. Tage mit weniger als 100 Menschen werden ohne Zähler gesendet.',
  privacyHub: 'Mitglieder der Föderation {federation} senden ihre Zähler an diesen Knoten.',
  privacyHubCounting:
    'Dieser Knoten zählt eine eigene Seite und hat deshalb auch den geheimen Schlüssel: Zusammen mit den Zählern der Mitglieder lässt sich prüfen, ob ein Mensch dort war.',
} as const satisfies TranslationOf<typeof english>;
