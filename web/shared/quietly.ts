/** What storage answers; null where it is full or forbidden. */
export function quietly<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch {
    return null;
  }
}
