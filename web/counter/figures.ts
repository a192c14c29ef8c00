import { signal } from '@preact/signals';
import type { History, Now } from '../../src/stats/counts.js';
import type { GlobalInstance } from '../../src/stats/totals-reader.js';
import { orKept } from '../shared/kept-answers.js';
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

const NOW = '/v1/now';
const HISTORY = '/v1/history?days=30';
const INSTANCES = '/v1/instances';
const REST_EVERY_MS = 300_000;

export async function readNow(): Promise<void> {
  now.value = orKept(NOW, await loadedFrom(NOW, now.value));
}

export async function readRest(): Promise<void> {
  const { failure } = now.value;
  // A browser may still have these from when they were open.
  const [days, shares] =
    failure?.status === 401
      ? [
          { value: null, failure },
          { value: null, failure },
        ]
      : await Promise.all([loadedFrom(HISTORY, history.value), loadedFrom(INSTANCES, instances.value)]);
  history.value = orKept(HISTORY, days);
  instances.value = orKept(INSTANCES, shares);
}

/** Follows what the page shows, once it is there. */
export async function watchFigures(): Promise<void> {
  followCounts('', (newest) => {
    const wasAway = now.value.failure !== null;
    if (newest) now.value = orKept(NOW, { value: newest, failure: null });
    // Asked once more, the node says whether it is away or closed.
    else void readNow().then(readRest);
    if (newest && wasAway) void readRest();
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
