import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Clock } from '../clock/clock.js';
import { escapeXml } from '../http/escape-xml.js';
import { MomentCache } from '../http/moment-cache.js';
import type { Now } from '../stats/counts.js';
import type { DrawFirst } from './draw-first.js';
import { etagOf, type WebFile } from './web-files.js';

const BROTLI_QUALITY = 5;

/** Null where nothing was built. */
export const PUBLIC_PAGE = Symbol('PublicPage');

/** Where the page is filled in: web/index.html. */
const PLACES =
  /^([\s\S]*<html lang=")en("[\s\S]*<title>)Headcount(<\/title>[\s\S]*<div id="page">)(<\/div>[\s\S]*)$/;

/**
 * The public page with its number in it: a reader sees it before any script has run, or without one. One drawing serves
 * all readers of a language for a second.
 */
export class PublicPage {
  private readonly parts: readonly string[];
  private readonly drawn: MomentCache<WebFile>;

  /** Throws TypeError for a page that has no places to fill in. */
  constructor(
    private readonly page: WebFile,
    private readonly draw: DrawFirst,
    clock: Clock,
  ) {
    const places = PLACES.exec(String(page.bodies.get('identity')));
    if (!places) throw new TypeError('the public page has no place for its number');
    this.parts = places.slice(1);
    this.drawn = new MomentCache(clock);
  }

  /** @param locale What numbers are written by, such as `de-AT`. */
  in(locale: string, counts: () => Promise<Now>): Promise<WebFile> {
    return this.drawn.get(locale, async () => this.filled(await counts(), locale));
  }

  private filled(now: Now, locale: string): WebFile {
    const { language, title, html } = this.draw(now, locale);
    const [start, beforeTitle, beforePage, end] = this.parts;
    const body = Buffer.from(start + language + beforeTitle + escapeXml(title) + beforePage + html + end);
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    return {
      type: this.page.type,
      etag: etagOf(body),
      bodies: new Map([
        ['identity', body],
        ['gzip', gzipSync(body)],
        ['br', brotliCompressSync(body, { params })],
      ]),
    };
  }
}
