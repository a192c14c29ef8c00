import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Now } from '../stats/counts.js';

/** What the public page shows before its scripts run. */
export type DrawFirst = (
  now: Now,
  locales: readonly string[],
) => {
  /** Of the texts, such as `de`. */
  language: string;
  /** As text, not as HTML. */
  title: string;
  html: string;
};

/** Beside the compiled sources; tests run the sources themselves. */
const FILES = ['../web/node/first-paint.js', '../../dist/web/node/first-paint.js'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** From web/counter/first-paint.tsx, as it was built for the node; null where nothing was built. */
export async function loadDrawFirst(): Promise<DrawFirst | null> {
  const file = FILES.find(existsSync);
  if (file === undefined) return null;
  const { drawFirst } = (await import(pathToFileURL(file).href)) as { drawFirst: DrawFirst };
  return drawFirst;
}
