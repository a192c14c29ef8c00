import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Now } from '../stats/counts.js';
import { WEB_FOLDER } from './web-files.js';

/** What the public page shows before its scripts run. */
export interface FirstPaint {
  /** Of the texts, such as `de`. */
  language: string;
  /** As text, not as HTML. */
  title: string;
  html: string;
}

/** @param locale What numbers are written by, such as `de-AT`. */
export type DrawFirst = (now: Now, locale: string) => FirstPaint;

/** From web/counter/first-paint.tsx, as it was built for the node; null where nothing was built. */
export async function loadDrawFirst(): Promise<DrawFirst | null> {
  if (WEB_FOLDER === undefined) return null;
  const file = join(WEB_FOLDER, 'node/first-paint.js');
  const { drawFirst } = (await import(pathToFileURL(file).href)) as { drawFirst: DrawFirst };
  return drawFirst;
}
