import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { isSettled } from '../shared/loaded.js';
import { Loading } from '../shared/states.js';
import type { Feed } from './feed.js';

export interface AfterProps {
  // biome-ignore lint/suspicious/noExplicitAny: whatever they answer
  feeds: readonly Feed<any>[];
  children: ComponentChildren;
}

/** What stands below something whose height is not known yet comes after it, so that nothing on the page moves. */
export function After({ feeds, children }: AfterProps) {
  const isShown = useRef(false);
  isShown.current ||= feeds.every(({ state }) => isSettled(state.value));
  return isShown.current ? children : <Loading />;
}
