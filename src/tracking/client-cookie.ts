/**
 * The cookie that the S0 counter set and that scheme `cookie` counts by: a UUIDv4, as plain text, for a year.
 * Anything else under that name was not made by us and is replaced.
 */
const CLIENT_COOKIE = 'client_id';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_CHARS = 36;

/**
 * The client id in a Cookie header; null when there is none, or one that we would not have given. Of several
 * cookies of that name the first counts, as browsers put the most specific one first (RFC 6265, 5.4).
 */
export function clientIdOf(cookieHeader: string | undefined): string | null {
  if (cookieHeader === undefined) return null;
  let start = 0;
  while (start < cookieHeader.length) {
    while (cookieHeader[start] === ' ') start++;
    const separator = cookieHeader.indexOf(';', start);
    const end = separator === -1 ? cookieHeader.length : separator;
    if (cookieHeader.startsWith('client_id=', start)) {
      return validClientId(cookieHeader.slice(start + CLIENT_COOKIE.length + 1, end));
    }
    start = end + 1;
  }
  return null;
}

function validClientId(value: string): string | null {
  const id = value.trimEnd();
  return id.length === UUID_CHARS && UUID_V4.test(id) ? id : null;
}

/** The Set-Cookie header. `secure` where the node is reached by HTTPS only. */
export function clientCookie(clientId: string, secure: boolean): string {
  const cookie = `${CLIENT_COOKIE}=${clientId}; Max-Age=31536000; HttpOnly; SameSite=Lax; Path=/`;
  return secure ? `${cookie}; Secure` : cookie;
}
