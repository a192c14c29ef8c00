import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { reduceAddress } from '../identity/address.js';
import { AddressSet, isAddress, readIPv4 } from './address-set.js';

/** More proxies in a row than anyone has; and the text that may be looked at for each. */
const HOPS_MAX = 16;
const HOP_CHARS_MAX = 64;

/** What tells where a request comes from. A Fastify request is one. */
export interface AddressedRequest {
  headers: IncomingHttpHeaders;
  raw: { socket: Pick<Socket, 'remoteAddress'> };
}

/**
 * The address of the visitor, where proxies stand between. X-Forwarded-For is a list to which every proxy
 * appends whom it was called by; whatever is left of the first address that we do not trust was written by a
 * stranger. So the list is read from its right end, and only when the connection itself comes from a trusted
 * proxy; without any, everyone is who connects.
 */
export class ClientAddress {
  private readonly trusted: AddressSet;
  /** Connections come from a handful of proxies. */
  private readonly callers = new LRUCache<string, boolean>({ max: 256 });

  /** Addresses and CIDRs. Throws RangeError for anything else. */
  constructor(trustedProxies: readonly string[]) {
    this.trusted = new AddressSet(trustedProxies);
  }

  /**
   * `forwardedFor` is the header as Node joins it. A list with an entry that is no address, before a stranger's
   * was found, or that is longer than any real one, is ignored: the connection's address stands for the visitor.
   * Null when there is no connection address (a Unix socket).
   */
  of(connectionAddress: string | undefined, forwardedFor: string | undefined): string | null {
    if (connectionAddress === undefined || connectionAddress === '') return null;
    const caller = unmapped(connectionAddress);
    if (forwardedFor === undefined || this.trusted.isEmpty || !this.trusts(caller)) return caller;
    return this.firstStranger(forwardedFor) ?? caller;
  }

  ofRequest(request: AddressedRequest): string | null {
    const forwardedFor = request.headers['x-forwarded-for'];
    return this.of(
      request.raw.socket.remoteAddress,
      typeof forwardedFor === 'string' ? forwardedFor : undefined,
    );
  }

  /** Whether what connects is a proxy whose word is believed. */
  isTrustedProxy(request: AddressedRequest): boolean {
    const { remoteAddress } = request.raw.socket;
    return remoteAddress !== undefined && !this.trusted.isEmpty && this.trusts(unmapped(remoteAddress));
  }

  private firstStranger(forwardedFor: string): string | null {
    let end = forwardedFor.length;
    for (let hops = 0; hops < HOPS_MAX && end >= 0; hops++) {
      const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1);
      if (end - comma > HOP_CHARS_MAX) return null;
      const hop = addressOfHop(forwardedFor.slice(comma + 1, end).trim());
      if (hop === null) return null;
      // The left end: everyone in the list is ours, so the visitor is too.
      if (comma === -1 || !this.trusted.has(hop)) return hop;
      end = comma;
    }
    return null;
  }

  private trusts(caller: string): boolean {
    let trusted = this.callers.get(caller);
    if (trusted === undefined) {
      trusted = this.trusted.has(caller);
      this.callers.set(caller, trusted);
    }
    return trusted;
  }
}

/** What a limit is counted by: a household with an IPv6 /64 is one caller, as it is one visitor. */
export function callerOf(address: string): string {
  return address.includes(':') ? (reduceAddress(address) ?? address) : address;
}

/** The network that one operator usually has: IPv4 /24, IPv6 /48. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address.split('.').slice(0, 3).join('.');
  return ipaddr.parse(address).toByteArray().slice(0, 6).join('.');
}

/** A dual-stack socket calls IPv4 `::ffff:192.0.2.1`. */
function unmapped(address: string): string {
  if (!address.startsWith('::ffff:')) return address;
  const v4 = address.slice(7);
  return readIPv4(v4) === null ? address : v4;
}

/** `192.0.2.1`, `2001:db8::1`, and with a port as some proxies write it: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function addressOfHop(hop: string): string | null {
  if (isAddress(hop)) return hop;
  const address = hop.startsWith('[')
    ? /^\[([^\]]*)\](:\d{1,5})?$/.exec(hop)?.[1]
    : /^([\d.]+):\d{1,5}$/.exec(hop)?.[1];
  return address !== undefined && isAddress(address) ? address : null;
}
