import { batch, signal } from '@preact/signals';
import { fill } from './fill.js';
import { formatterOf } from './formatters.js';
import { initialLanguage, type Language, language, locale, localeOf, rememberLanguage } from './language.js';
import type { Catalogue, Fillings, TranslationOf } from './messages.js';

type Loaders<English extends Catalogue> = Record<
  Language,
  () => Promise<{ default: TranslationOf<English> }>
>;

const shown = signal<Catalogue>({});
let loaders: Record<Language, () => Promise<{ default: Catalogue }>>;

/** Loads the texts of the reader's language, and no other. A page does this once, before it draws. */
export async function openTexts<English extends Catalogue>(available: Loaders<English>): Promise<void> {
  loaders = available;
  const wanted = initialLanguage();
  const shown = show(wanted);
  // Meanwhile: the first formatter of a page takes longer to make than anything else on it.
  formatterOf(Intl.NumberFormat, localeOf(wanted));
  await shown;
}

/** Changes the language of everything that is drawn, and remembers it. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  await show(chosen);
  rememberLanguage(chosen);
}

async function show(wanted: Language): Promise<void> {
  const { default: catalogue } = await loaders[wanted]();
  showTexts(catalogue, wanted);
  document.documentElement.lang = wanted;
}

/** Whatever is drawn from now on is in these texts. */
export function showTexts(catalogue: Catalogue, of: Language): void {
  batch(() => {
    shown.value = catalogue;
    language.value = of;
  });
}

export type Translate<English extends Catalogue> = <Key extends keyof English & string>(
  key: Key,
  ...fillings: Fillings<English[Key]>
) => string;

/** The texts of one catalogue by key. Whatever reads one is drawn anew when the language changes. */
export function translator<English extends Catalogue>(): Translate<English> {
  return (key, ...[fillings]) => {
    const message = shown.value[key];
    return message === undefined ? key : fill(message, fillings ?? {}, locale.value);
  };
}
