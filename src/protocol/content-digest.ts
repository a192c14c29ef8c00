import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.js';

const FORM = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/** RFC 9530 `Content-Digest`, with SHA-256 alone. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** Throws Refusal `digest-missing` or `digest-mismatch`. */
export function verifyContentDigest(header: string | undefined, body: Uint8Array): void {
  if (header === undefined) throw new Refusal('digest-missing');
  const [, claimed] = FORM.exec(header) ?? [];
  const actual = createHash('sha256').update(body).digest();
  if (claimed === undefined || !timingSafeEqual(Buffer.from(claimed, 'base64'), actual)) {
    throw new Refusal('digest-mismatch');
  }
}
