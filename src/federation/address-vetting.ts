import ipaddr from 'ipaddr.js';

/** What a peer's address turned out to be: on the open internet, allowed by the operator, or neither. */
export type AddressVerdict = 'global' | 'allowed' | 'refused';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** All of IPv6's global unicast (RFC 4291); outside of it lie the IPv4-compatible addresses, `::7f00:1` is loopback. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');
/** Documentation (RFC 9637), which ipaddr.js does not know. */
const NOT_GLOBAL = [ipaddr.parseCIDR('3fff::/20')];

/**
 * Judges the addresses that peer URLs lead to. URLs come from people and from cards, so an address counts only in
 * its parsed form: IPv4-mapped IPv6 is what it maps to, and whatever is not plainly global unicast needs the
 * operator's allowance.
 */
export class AddressVetting {
  private readonly allowed: readonly [Address, number][];

  /** @param allowances Addresses and CIDRs that may be dialled although they are private. */
  constructor(allowances: readonly string[]) {
    this.allowed = allowances.map((range) => {
      if (range.includes('/')) return ipaddr.parseCIDR(range);
      const address = ipaddr.parse(range);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    });
  }

  verdict(text: string): AddressVerdict {
    if (!ipaddr.isValid(text)) return 'refused';
    const address = ipaddr.process(text);
    if (this.allowed.some((range) => matches(address, range))) return 'allowed';
    const isGlobal = address.range() === 'unicast' && !NOT_GLOBAL.some((range) => matches(address, range));
    return isGlobal && (address.kind() === 'ipv4' || matches(address, GLOBAL_IPV6)) ? 'global' : 'refused';
  }
}

function matches(address: Address, [range, bits]: [Address, number]): boolean {
  return range.kind() === address.kind() && address.match(range, bits);
}
