import { PrivateFileError } from '../data-directory-errors.js';
import { readPrivateText, removeUnfinished, replacePrivateText, writePrivateText } from './private-file.js';

/**
 * The file of the node's Ed25519 key: PKCS #8 in PEM, and below it each change of the key so far. Who loses it loses
 * the node id.
 */
export class NodeKeyFile {
  constructor(private readonly path: string) {}

  /** Null before the first start. Throws PrivateFileError when others could have read it. */
  async read(): Promise<string | null> {
    await removeUnfinished(this.path);
    return readPrivateText(this.path);
  }

  /** Durable when it resolves. Throws PrivateFileError when there is a key already. */
  async create(text: string): Promise<void> {
    if ((await this.read()) !== null) {
      throw new PrivateFileError(`${this.path} holds a node key already, which is not overwritten`);
    }
    await writePrivateText(this.path, text);
  }

  /** The next key takes the place of the one before, whose bytes are overwritten. Durable when it resolves. */
  async replace(text: string): Promise<void> {
    await replacePrivateText(this.path, text);
  }
}
