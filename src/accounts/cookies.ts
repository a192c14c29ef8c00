import type { FastifyReply } from 'fastify';
import type { AddressedRequest } from '../http/client-address.js';

/** A real Cookie header of ours has some 200 characters; beside us there may be the site's own. */
const HEADER_CHARS_MAX = 16_384;

/**
 * The value of a cookie of ours. Over HTTPS its name begins with `__Host-`: a browser takes such a cookie only from this
 * very host, over HTTPS, so that neither a neighbouring subdomain nor someone on the line can plant one.
 */
export function readCookie(request: AddressedRequest, name: string, isHttps: boolean): string | undefined {
  const header = request.headers.cookie ?? '';
  if (header.length > HEADER_CHARS_MAX) return undefined;
  const prefix = `${fullName(name, isHttps)}=`;
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length);
}

export interface CookieTerms {
  isHttps: boolean;
  maxAgeS: number;
}

/** Sets a cookie that no script can read and no other site's page can send along. The value is of base64url and dots. */
export function setCookie(
  reply: FastifyReply,
  name: string,
  value: string,
  { isHttps, maxAgeS }: CookieTerms,
): void {
  const secure = isHttps ? '; Secure' : '';
  const text = `${fullName(name, isHttps)}=${value}; Max-Age=${maxAgeS}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  reply.header('set-cookie', text);
}

function fullName(name: string, isHttps: boolean): string {
  return isHttps ? `__Host-${name}` : name;
}
