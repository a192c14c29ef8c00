import { readPrivateText, removeUnfinished, replacePrivateText } from './private-file.js';

/**
 * The file of the epoch keys, outside of database, log and backup. What its text means is known to
 * src/identity/keyring-text.ts; here it is only kept, and destroyed when a newer one takes its place
 * (private-file.ts says how far).
 */
export class KeyringFile {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** Null before the first one was written. Throws PrivateFileError when others could have read it. */
  async read(): Promise<string | null> {
    await this.last;
    await removeUnfinished(this.path);
    return readPrivateText(this.path);
  }

  /** Durable when it resolves; one after the other, however many call. */
  replace(text: string): Promise<void> {
    const replaced = this.last.then(() => replacePrivateText(this.path, text));
    this.last = replaced.catch(() => undefined);
    return replaced;
  }
}
