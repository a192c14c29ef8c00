import ipaddr from 'ipaddr.js';
import { reduceAddress } from '../identity/address.js';

/**
 * A set of addresses and CIDRs, asked once or more per request: IPv4 is read by hand into a number (ipaddr.js
 * takes about twenty times as long), everything else by ipaddr.js. IPv4-mapped IPv6 is IPv4.
 */
export class AddressSet {
  /** Pairs of network and mask. */
  private readonly v4: { network: number; mask: number }[] = [];
  private readonly v6: [network: ipaddr.IPv6, bits: number][] = [];

  /** Throws RangeError for a text that is neither an address nor a CIDR. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.add(entry);
  }

  get isEmpty(): boolean {
    return this.v4.length === 0 && this.v6.length === 0;
  }

  /** False for a text that is no address. */
  has(address: string): boolean {
    if (this.isEmpty) return false;
    const v4 = readIPv4(address);
    if (v4 !== null) return this.hasIPv4(v4);
    const reduced = address.includes(':') ? reduceAddress(address) : null;
    if (reduced === null) return false;
    const mapped = readIPv4(reduced);
    return mapped === null ? this.hasIPv6(address.replace(/%.*/, '')) : this.hasIPv4(mapped);
  }

  private hasIPv6(text: string): boolean {
    if (this.v6.length === 0 || !ipaddr.IPv6.isValid(text)) return false;
    const address = ipaddr.IPv6.parse(text);
    return this.v6.some((range) => address.match(range));
  }

  private hasIPv4(address: number): boolean {
    for (const { network, mask } of this.v4) {
      if ((address & mask) >>> 0 === network) return true;
    }
    return false;
  }

  private add(entry: string): void {
    const [network, bits] = parseRange(entry);
    if (network instanceof ipaddr.IPv6) {
      if (!network.isIPv4MappedAddress()) this.v6.push([network, bits]);
      else this.addIPv4(toNumber(network.toIPv4Address()), Math.max(0, bits - 96));
    } else this.addIPv4(toNumber(network), bits);
  }

  private addIPv4(network: number, bits: number): void {
    const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
    this.v4.push({ network: (network & mask) >>> 0, mask });
  }
}

function parseRange(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry);
    const address = ipaddr.parse(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new RangeError(`neither an address nor a CIDR: ${JSON.stringify(entry)}`);
  }
}

function toNumber(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

const DOT = 46;
const ZERO = 48;

/**
 * Four decimal numbers up to 255, as one number; null for anything else. Leading zeros are refused: some
 * readers take them for octal, and one text must not be two addresses.
 */
export function readIPv4(text: string): number | null {
  if (text.length < 7 || text.length > 15) return null;
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return null;
      address = address * 256 + octet;
      octet = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || octet === 0) return null;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return null;
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : null;
}

/** Whether the text is one IPv4 or IPv6 address that a visitor key can be made of. */
export function isAddress(text: string): boolean {
  return readIPv4(text) !== null || (text.includes(':') && reduceAddress(text) !== null);
}
