import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/config.js';
import { type AddressedRequest, ClientAddress } from './client-address.js';

/** A host with an optional port: nothing that could end a URL early. */
const HOST = /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?$/;

/**
 * Under which origins a browser sees this node. The address that the operator set counts always; the Host header only
 * says what the browser that sends it believes, which is all that a comparison with its own Origin needs.
 */
export class OwnOrigin {
  private readonly publicUrl: URL | null;
  private readonly proxies: ClientAddress;

  constructor(config: Pick<Config, 'publicUrl' | 'trustProxy'>) {
    this.publicUrl = config.publicUrl === null ? null : new URL(config.publicUrl);
    this.proxies = new ClientAddress(config.trustProxy);
  }

  /** Whether a page of this node sent the request, as far as the headers say that no page can set by itself. */
  isOwnPage(request: AddressedRequest): boolean {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (site !== undefined && site !== 'same-origin') return false;
    return origin === undefined || origin === this.publicUrl?.origin || origin === this.originOf(request);
  }

  /** Whether the browser reaches the node by HTTPS, so that it keeps cookies that are `Secure`. */
  isHttps(request: AddressedRequest): boolean {
    const { host } = request.headers;
    if (this.publicUrl !== null && host === this.publicUrl.host) return this.publicUrl.protocol === 'https:';
    return this.proxies.isTrustedProxy(request) && forwardedProtocol(request.headers) === 'https';
  }

  private originOf(request: AddressedRequest): string | null {
    const { host } = request.headers;
    if (host === undefined || !HOST.test(host)) return null;
    return `${this.isHttps(request) ? 'https' : 'http'}://${host.toLowerCase()}`;
  }
}

function forwardedProtocol(headers: IncomingHttpHeaders): string | undefined {
  const protocol = headers['x-forwarded-proto'];
  return typeof protocol === 'string' ? protocol.trim().toLowerCase() : undefined;
}
