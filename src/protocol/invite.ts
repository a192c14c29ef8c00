import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { isPlainUrl } from './card.js';

/**
 * What a member hands to somebody who is to join, in one line of text:
 *
 *     headcount-invite:1:<base64url of JSON>:<16 hex digits>
 *
 * It says where to ask, whom the key will come from, and holds a secret that shows the member that the request comes
 * from whoever got the line. It holds no key of the federation: the member's person still compares the words.
 */
export interface Invite {
  federation: string;
  /** For people. */
  name: string;
  mode: 'hub' | 'mesh';
  /** The hub, or the member itself in a mesh. */
  url: string;
  /** Node id that answers there. */
  node: string;
  /** Node id of the member that will seal the key. */
  inviter: string;
  /** 16 bytes, base64url. */
  secret: string;
  /** ISO-8601, to the second. */
  expires: string;
}

/** Not an invite, or not a whole one. The message never repeats the text. */
export class InviteError extends Error {
  override readonly name = 'InviteError';
}

const PREFIX = 'headcount-invite:1';
const INVITE_CHARS_MAX = 2048;
const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const inviteSchema = z.strictObject({
  federation: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  name: z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{0,64}$/u),
  mode: z.enum(['hub', 'mesh']),
  url: z.string().max(512).refine(isPlainUrl),
  node: nodeId,
  inviter: nodeId,
  secret: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  expires: z.iso.datetime(),
});

export function formatInvite(invite: Invite): string {
  const body = `${PREFIX}:${Buffer.from(JSON.stringify(invite)).toString('base64url')}`;
  return `${body}:${checksum(body)}`;
}

/** White space around it is ignored. Throws InviteError. */
export function parseInvite(text: string): Invite {
  const line = text.trim();
  if (!line.startsWith(`${PREFIX}:`) || line.length > INVITE_CHARS_MAX)
    throw new InviteError('an invite begins with headcount-invite:1:');
  const colon = line.lastIndexOf(':');
  if (line.slice(colon + 1) !== checksum(line.slice(0, colon)))
    throw new InviteError('the invite was cut off or changed on its way: copy it again, whole');
  const json = Buffer.from(line.slice(PREFIX.length + 1, colon), 'base64url').toString('utf8');
  const parsed = inviteSchema.safeParse(jsonOf(json));
  if (!parsed.success) throw new InviteError('the invite is not as Headcount writes it');
  return parsed.data;
}

/** What the inviter keeps of a secret, hex: enough to check a proof, and not to print the invite again. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What shows that the node which asks holds the invite, in 64 hex digits. */
export function inviteProof(secret: string, nodeId: string): string {
  return proofOf(secretHash(secret), nodeId);
}

function proofOf(hash: string, nodeId: string): string {
  return createHmac('sha256', hash).update(`headcount/v1/invite\0${nodeId}`).digest('hex');
}

/** @param hash Of the invite's secret. */
export function isInviteProof(proof: string, hash: string, nodeId: string): boolean {
  const expected = Buffer.from(proofOf(hash, nodeId));
  const given = Buffer.from(proof);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
