import type { Loaded } from './loaded.js';
import { quietly } from './quietly.js';

/**
 * The last answers of the node, for when it does not answer: shown with their age. In this browser only; those of the
 * dashboard as long as somebody is signed in.
 */
export const PREFIX = 'headcount-answer:';
/** More than any panel's answer of usual size; local storage holds about five million characters in all. */
const CHARS_MAX = 200_000;

/** Keeps a new answer, and takes the kept one where none came. A refusal is an answer, and ends what was kept. */
export function orKept<Value>(path: string, next: Loaded<Value>): Loaded<Value> {
  const { value, failure } = next;
  const key = PREFIX + path;
  return (
    quietly(() => {
      if (failure === null) keep(key, JSON.stringify(value));
      else if (failure.status === 401 || failure.status === 403) localStorage.removeItem(key);
      else if (failure.status === null && value === null)
        return { value: JSON.parse(localStorage.getItem(key) ?? 'null') as Value | null, failure };
      return next;
    }) ?? next
  );
}

function keep(key: string, text: string): void {
  if (text.length <= CHARS_MAX) localStorage.setItem(key, text);
}
