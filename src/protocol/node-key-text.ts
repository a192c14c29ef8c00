import { openKeyChain } from './key-chain.js';
import { NodeKey } from './node-key.js';

/**
 * The node's key as the text of its file: PKCS #8 in PEM (RFC 7468), and after it a block for each change of the key,
 * so that the key and the name it speaks under can't be torn apart.
 */
const LABEL = 'HEADCOUNT KEY CHANGE';
const BLOCK = new RegExp(`-----BEGIN ${LABEL}-----\n([A-Za-z0-9+/=\n]+)\n-----END ${LABEL}-----\n`, 'g');
const LINE_CHARS = 64;

export function formatNodeKey(key: NodeKey): string {
  return key.toPem() + key.changes.map(blockOf).join('');
}

/** Throws what NodeKey.fromPem throws, and Refusal for changes that do not lead to the key. */
export function parseNodeKey(text: string): NodeKey {
  const [pem = ''] = text.split(`-----BEGIN ${LABEL}`);
  const key = NodeKey.fromPem(pem);
  const changes = [...text.matchAll(BLOCK)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString(),
  );
  if (changes.length === 0) return key;
  const [first] = openKeyChain(changes, key.publicKey);
  return key.after(first!.node, changes);
}

function blockOf(change: string): string {
  const lines =
    Buffer.from(change)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? [];
  return `-----BEGIN ${LABEL}-----\n${lines.join('\n')}\n-----END ${LABEL}-----\n`;
}
