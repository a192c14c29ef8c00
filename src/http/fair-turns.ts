/** Of a request some tenths of a millisecond each. */
const PIECES_A_PASS = 2;

/**
 * Work that comes in crowds, a few pieces in each pass of the event loop: whoever else wants something of the node waits
 * for those, and not for all that arrived before.
 */
export class FairTurns {
  private readonly waiting: (() => void)[] = [];

  /** Resolves when it is the caller's turn, which lasts until it awaits something. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length === 1) setImmediate(this.pass);
    });
  }

  private readonly pass = (): void => {
    for (const begin of this.waiting.splice(0, PIECES_A_PASS)) setImmediate(begin);
    if (this.waiting.length > 0) setImmediate(this.pass);
  };
}
