import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { Now } from '../stats/counts.js';
import type { DrawFirst } from './draw-first.js';
import type { WebFile } from './web-files.js';

const AGE_MS = 1000;
const PAGES_MAX = 200;
const ACCEPTED_CHARS_MAX = 200;
/** `de-AT`, which is all that numbers are written by. */
const LOCALE = /^[a-z]{2}(-[A-Z]{2})?$/;
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
  private readonly drawn = new LRUCache<string, { page: WebFile; expiresMs: number }>({ max: PAGES_MAX });

  /** Throws TypeError for a page that has no places to fill in. */
  constructor(
    private readonly page: WebFile,
    private readonly draw: DrawFirst,
  ) {
    const places = PLACES.exec(String(page.bodies.get('identity')));
    if (!places) throw new TypeError('the public page has no place for its number');
    this.parts = places.slice(1);
  }

  /** @param accepted Accept-Language of the reader. */
  async at(nowMs: number, accepted: string | undefined, counts: () => Promise<Now>): Promise<WebFile> {
    const locales = localesOf(accepted);
    const name = locales.join();
    const known = this.drawn.get(name);
    if (known && known.expiresMs > nowMs) return known.page;
    const page = this.filled(await counts(), locales);
    this.drawn.set(name, { page, expiresMs: nowMs + AGE_MS });
    return page;
  }

  private filled(now: Now, locales: readonly string[]): WebFile {
    const { language, title, html } = this.draw(now, locales);
    const [start, beforeTitle, beforePage, end] = this.parts;
    const body = Buffer.from(start + language + beforeTitle + escaped(title) + beforePage + html + end);
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    return {
      type: this.page.type,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      bodies: new Map([
        ['identity', body],
        ['gzip', gzipSync(body)],
        ['br', brotliCompressSync(body, { params })],
      ]),
    };
  }
}

/** Those of an Accept-Language that numbers can be written by, without their weights: browsers name the best first. */
function localesOf(accepted = ''): string[] {
  const tags = accepted.slice(0, ACCEPTED_CHARS_MAX).split(',');
  return tags.map((tag) => tag.split(';', 1)[0]!.trim()).filter((tag) => LOCALE.test(tag));
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;' };

function escaped(text: string): string {
  return text.replace(/[&<]/g, (character) => ESCAPES[character]!);
}
