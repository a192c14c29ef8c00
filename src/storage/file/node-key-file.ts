import { PrivateFileError } from '../data-directory-errors.js';
import { readPrivateText, removeUnfinished, writePrivateText } from './private-file.js';

/** The file of the node's Ed25519 key, PKCS #8 in PEM. Who loses it loses the node id, so it is never overwritten. */
export class NodeKeyFile {
  constructor(private readonly path: string) {}

  /** Null before the first start. Throws PrivateFileError when others could have read it. */
  async read(): Promise<string | null> {
    await removeUnfinished(this.path);
    return readPrivateText(this.path);
  }

  /** Durable when it resolves. Throws PrivateFileError when there is a key already. */
  async create(pem: string): Promise<void> {
    if ((await this.read()) !== null) {
      throw new PrivateFileError(`${this.path} holds a node key already, which is not overwritten`);
    }
    await writePrivateText(this.path, pem);
  }
}
