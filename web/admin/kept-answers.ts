/**
 * The last answers of the node, for when it does not answer: shown with their age. In this browser only, and only as
 * long as somebody is signed in.
 */
const PREFIX = 'headcount-answer:';
/** More than any panel's answer of usual size; local storage holds about five million characters in all. */
const CHARS_MAX = 200_000;

export function keepAnswer(path: string, answer: unknown): void {
  const text = JSON.stringify(answer);
  if (text.length > CHARS_MAX) return;
  try {
    localStorage.setItem(PREFIX + path, text);
  } catch {
    // Full or forbidden: then there is nothing to fall back on.
  }
}

export function keptAnswer<Value>(path: string): Value | null {
  try {
    const text = localStorage.getItem(PREFIX + path);
    return text === null ? null : (JSON.parse(text) as Value);
  } catch {
    return null;
  }
}

export function forgetAnswers(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // Nothing could be kept either.
  }
}
