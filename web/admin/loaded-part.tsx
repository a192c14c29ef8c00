import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Failed, Loading } from '../shared/states.js';

export interface LoadedPartProps<Part> {
  load(): Promise<Part>;
  children(part: Part): ComponentChildren;
}

/** A part of the dashboard that is loaded when it is needed. */
export function LoadedPart<Part>({ load, children }: LoadedPartProps<Part>) {
  const part = useSignal<{ loaded: Part } | 'missing' | null>(null);
  const fetchPart = () => {
    load().then(
      (loaded) => {
        part.value = { loaded };
      },
      () => {
        part.value = 'missing';
      },
    );
  };
  useEffect(fetchPart, [load]);
  if (part.value === null) return <Loading />;
  if (part.value === 'missing') return <Failed status={null} onRetry={fetchPart} />;
  return <>{children(part.value.loaded)}</>;
}
