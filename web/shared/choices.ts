import { quietly } from './quietly.js';

/** What the reader chose for this browser. Where storage is forbidden a choice lasts as long as the page. */
export type Choice = 'language' | 'theme' | 'refresh';

export function readChoice(name: Choice): string | null {
  return quietly(() => localStorage.getItem(`headcount-${name}`));
}

export function writeChoice(name: Choice, value: string): void {
  quietly(() => localStorage.setItem(`headcount-${name}`, value));
}
