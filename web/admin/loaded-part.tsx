import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Failed, Loading } from '../shared/states.js';

export interface LoadedPartProps<Part> {
  load(): Promise<Part>;
  children(part: Part): ComponentChildren;
}

const loadedParts = new Map<() => Promise<unknown>, unknown>();

/** Loads it before it is needed. What was loaded is there at once. */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  const part = await load();
  loadedParts.set(load, part);
  return part;
}

/** A part of the dashboard that is loaded when it is needed. */
export function LoadedPart<Part>({ load, children }: LoadedPartProps<Part>) {
  const state = useSignal<'loading' | 'loaded' | 'missing'>(loadedParts.has(load) ? 'loaded' : 'loading');
  const fetchPart = () => {
    loadPart(load).then(
      () => (state.value = 'loaded'),
      () => (state.value = 'missing'),
    );
  };
  useEffect(() => {
    if (state.peek() === 'loading') fetchPart();
  }, [load]);
  if (state.value === 'loading') return <Loading />;
  if (state.value === 'missing') return <Failed status={null} onRetry={fetchPart} />;
  return <>{children(loadedParts.get(load) as Part)}</>;
}
