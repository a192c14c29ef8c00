import ipaddr from 'ipaddr.js';

/** What a peer's address turned out to be: on the open internet, allowed by the operator, or neither. */
export type AddressVerdict = 'global' | 'allowed' | 'refused';

/**
 * Judges the addresses that peer URLs lead to. URLs come from people and from cards, so an address counts only in
 * its parsed form: IPv4-mapped IPv6 is what it maps to, and whatever is not plainly global unicast needs the
 * operator's allowance.
 */
export class AddressVetting {
  private readonly allowed: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

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
    if (this.allowed.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))) {
      return 'allowed';
    }
    return address.range() === 'unicast' ? 'global' : 'refused';
  }
}
