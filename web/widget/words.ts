type Words = readonly [people: string, today: string, days: string, all: string, between: string];

/** `#` is a number: people in days; between low and high. Several languages would not be worth a request each. */
const WORDS: Readonly<Record<string, Words>> = {
  en: ['different people', 'today', 'in # days', 'in all', 'between # and #'],
  de: ['verschiedene Menschen', 'heute', 'in # Tagen', 'insgesamt', 'zwischen # und #'],
  es: ['personas distintas', 'hoy', 'en # días', 'en total', 'entre # y #'],
  fr: ['personnes différentes', 'aujourd’hui', 'en # jours', 'au total', 'entre # et #'],
  tr: ['farklı kişi', 'bugün', '# günde', 'toplam', '# ile # arasında'],
};

/** `12,300 different people in 30 days, between 12,100 and 12,500`. */
export function sentence(count: string, window: string, low: string, high: string, language: string): string {
  const [people, today, days, all, between] = WORDS[language.split('-')[0]!] ?? WORDS.en!;
  const when = window === '1d' ? today : window === 'all' ? all : days.replace('#', window.slice(0, -1));
  const range = low === high ? '' : `, ${between.replace('#', low).replace('#', high)}`;
  return `${count} ${people} ${when}${range}`;
}
