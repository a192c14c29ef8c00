import { keyCheckValue } from './epoch-key.js';

/** 32 bytes in base64url. The last character stands for four bits only; one key must not have four texts. */
const KEY_TEXT_PATTERN = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

export function formatKey(key: Uint8Array): string {
  return Buffer.from(key).toString('base64url');
}

/** Whether the text is one that formatKey writes for 32 bytes. */
export function isKeyText(text: string): boolean {
  return KEY_TEXT_PATTERN.test(text);
}

/** The key of a text that isKeyText; null when the check value was made of another. */
export function checkedKey(text: string, check: string): Uint8Array | null {
  const key = new Uint8Array(Buffer.from(text, 'base64url'));
  return keyCheckValue(key) === check ? key : null;
}
