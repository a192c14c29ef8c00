import { signal } from '@preact/signals';
import type { History, Now } from '../../src/stats/counts.js';
import type { GlobalInstance } from '../../src/stats/totals-reader.js';
import { LOADING, type Loaded, loadedFrom } from '../shared/loaded.js';
import { followCounts } from '../shared/node-counts.js';

export interface Instances {
  instances: readonly GlobalInstance[];
  unlisted: number;
  asOf: string;
}

export const now = signal<Loaded<Now>>(LOADING);
export const history = signal<Loaded<History>>(LOADING);
export const instances = signal<Loaded<Instances>>(LOADING);

const AWAY = { status: null };
const REST_EVERY_MS = 300_000;

export async function readNow(): Promise<void> {
  now.value = await loadedFrom('/v1/now', now.value);
}

export async function readRest(): Promise<void> {
  [history.value, instances.value] = await Promise.all([
    loadedFrom('/v1/history?days=30', history.value),
    loadedFrom('/v1/instances', instances.value),
  ]);
}

/** Reads what the page shows, and then follows it. */
export async function watchFigures(): Promise<void> {
  await readNow();
  followCounts('', (newest) => {
    now.value = newest
      ? { value: newest, failure: null }
      : { ...now.value, failure: now.value.failure ?? AWAY };
  });
  setInterval(whileSeen(readRest), REST_EVERY_MS);
  await readRest();
}

/** Nobody looks at a page in the background. */
function whileSeen(read: () => Promise<void>): () => void {
  return () => {
    if (document.visibilityState === 'visible') void read();
  };
}
