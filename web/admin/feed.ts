import { type Signal, signal } from '@preact/signals';
import { LOADING, type Loaded, loadedFrom } from '../shared/loaded.js';
import { keepAnswer, keptAnswer } from './kept-answers.js';
import { enter, isShared, shownKey } from './who.js';

export type Dated<Value> = Value & { asOf: string };

/** Something that the node answers, read again and again. */
export interface Feed<Value> {
  readonly state: Signal<Loaded<Dated<Value>>>;
  read(): Promise<void>;
}

/** @param pathOf What to ask. Another path is another question: its answer begins anew. */
export function feed<Value extends object>(pathOf: () => string): Feed<Value> {
  const state = signal<Loaded<Dated<Value>>>(LOADING);
  let asked = '';
  return {
    state,
    async read() {
      const path = pathOf();
      if (path !== asked) state.value = LOADING;
      asked = path;
      const next = await loadedFrom<Value>(path, state.peek(), shownKey());
      // A newer question is under way.
      if (asked === path) state.value = settled(path, next);
    },
  };
}

function settled<Value extends object>(path: string, next: Loaded<Value>): Loaded<Dated<Value>> {
  if (next.failure?.status === 401) void enter();
  if (next.failure === null && next.value !== null) {
    const value = { asOf: new Date().toISOString(), ...next.value };
    if (!isShared()) keepAnswer(path, value);
    return { value, failure: null };
  }
  // A refusal is an answer: what was kept is for when none comes.
  const kept = next.failure?.status === null ? keptAnswer<Dated<Value>>(path) : null;
  return { value: (next.value as Dated<Value> | null) ?? kept, failure: next.failure };
}
