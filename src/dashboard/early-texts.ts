import * as z from 'zod';
import type { WebFiles } from './web-files.js';

/** By page and language: which asset has the texts. Written by web/build.js. */
const namesSchema = z.record(z.string(), z.record(z.string(), z.string()));
const LANGUAGES_MAX = 16;

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

  /** A Link header for a reader with this Accept-Language; none for a page without texts. */
  link(page: string, accepted: string | undefined): Record<string, string> {
    const names = this.names[page] ?? {};
    const wanted = (accepted ?? '').split(',', LANGUAGES_MAX).map(primaryTag);
    const name = names[wanted.find((language) => Object.hasOwn(names, language)) ?? 'en'];
    return name ? { link: `</${name}>; rel=modulepreload` } : {};
  }
}

/** `de` of `de-AT;q=0.9`. Browsers name what they prefer first. */
function primaryTag(entry: string): string {
  return entry.trim().split(/[-;]/, 1)[0]!.toLowerCase();
}
