import * as z from 'zod';
import type { WebFiles } from './web-files.js';

/** By page and language: which asset has the texts. Written by web/build.js. */
const namesSchema = z.record(z.string(), z.record(z.string(), z.string()));
const LANGUAGES_MAX = 16;
/** A language, perhaps a script, perhaps a region (RFC 5646). */
const TAG = /^([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}))?(?:[-;]|$)/i;

/**
 * A page loads the texts of one language, and knows which when its scripts run. The reader's browser says it when it
 * asks for the page: told at once, it fetches the texts beside the scripts and not after them.
 */
export class EarlyTexts {
  private readonly names: z.infer<typeof namesSchema>;

  constructor(files: WebFiles) {
    const file = files.find('texts.json');
    this.names = file ? namesSchema.parse(JSON.parse(String(file.bodies.get('identity')))) : {};
  }

  /**
   * What the page is written in for a reader with this Accept-Language, such as `de-AT`: the first that the page has texts
   * in, with its region, by which numbers are written. `en` without any.
   */
  locale(page: string, accepted = ''): string {
    const names = this.names[page] ?? {};
    const wanted = accepted.split(',', LANGUAGES_MAX).map(localeOf);
    return wanted.find((locale) => Object.hasOwn(names, languageOf(locale))) ?? 'en';
  }

  /** A Link header for a reader of that locale; none for a page without texts. */
  link(page: string, locale: string): Record<string, string> {
    const name = this.names[page]?.[languageOf(locale)];
    return name ? { link: `</${name}>; rel=modulepreload` } : {};
  }
}

/** `de-AT` of `de-Latn-at;q=0.9`; an empty text of what is no language. Browsers name what they prefer first. */
function localeOf(entry: string): string {
  const [, language = '', region] = TAG.exec(entry.trim()) ?? [];
  return language.toLowerCase() + (region ? `-${region.toUpperCase()}` : '');
}

function languageOf(locale: string): string {
  return locale.split('-', 1)[0]!;
}
