/** What the reader chose for this browser. Storage may be forbidden: then a choice lasts as long as the page. */
export type Choice = 'language' | 'theme' | 'refresh';

export function readChoice(name: Choice): string | null {
  try {
    return localStorage.getItem(`headcount-${name}`);
  } catch {
    return null;
  }
}

export function writeChoice(name: Choice, value: string): void {
  try {
    localStorage.setItem(`headcount-${name}`, value);
  } catch {
    // Nothing is lost but the memory of it.
  }
}
