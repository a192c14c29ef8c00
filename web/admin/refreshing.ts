import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readChoice, writeChoice } from '../shared/choices.js';

export const REFRESHES = ['live', '30s', '5min', 'off'] as const;
export type Refresh = (typeof REFRESHES)[number];

const EVERY_MS: Record<Refresh, number | null> = {
  // What is not in the stream of counts.
  live: 30_000,
  '30s': 30_000,
  '5min': 300_000,
  off: null,
};

export const refresh = signal<Refresh>(refreshOf(readChoice('refresh')));

function refreshOf(text: string | null): Refresh {
  return REFRESHES.find((one) => one === text) ?? 'live';
}

export function chooseRefresh(chosen: Refresh): void {
  refresh.value = chosen;
  writeChoice('refresh', chosen);
}

/** Reads at once, and again as the reader chose. Nobody looks at a page in the background. */
export function useRefreshed(
  read: () => Promise<unknown> | undefined,
  questions: readonly unknown[] = [],
): void {
  useEffect(() => {
    void read();
    const everyMs = EVERY_MS[refresh.value];
    if (everyMs === null) return;
    const whileSeen = () => {
      if (document.visibilityState === 'visible') void read();
    };
    const timer = setInterval(whileSeen, everyMs);
    document.addEventListener('visibilitychange', whileSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whileSeen);
    };
  }, [refresh.value, ...questions]);
}
