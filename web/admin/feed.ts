import { type Signal, signal } from '@preact/signals';
import { orKept } from '../shared/kept-answers.js';
import { LOADING, type Loaded, loadedFrom } from '../shared/loaded.js';
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
  let answer: Promise<void> | null = null;
  const ask = async (path: string) => {
    const next = await loadedFrom<Value>(path, state.peek(), shownKey());
    // A newer question is under way.
    if (asked !== path) return;
    state.value = settled(path, next);
    answer = null;
  };
  return {
    state,
    read() {
      const path = pathOf();
      if (path === asked && answer) return answer;
      if (path !== asked) state.value = LOADING;
      asked = path;
      answer = ask(path);
      return answer;
    },
  };
}

function settled<Value extends object>(path: string, next: Loaded<Value>): Loaded<Dated<Value>> {
  if (next.failure?.status === 401) void enter();
  const dated = next as Loaded<Dated<Value>>;
  if (next.failure === null && next.value !== null)
    dated.value = { asOf: new Date().toISOString(), ...next.value };
  return isShared() ? dated : orKept(path, dated);
}
